# Finds every error message in the sources, and those of them that no test reads.
# SPDX-License-Identifier: GPL-2.0
#
# usage: python3 messages.py TOP EXEMPT
#
# A message is what is given to one of the functions below. A test reads it if it is in a
# string of the test, whatever stands where the message has %s and the like; what only names
# a result or is a comment does not count. A longer message takes its place in the tests
# first, so that a shorter one that it contains has to be read by itself. Messages of the
# module are read by tests in guests or by unit tests, those of the command by any; a text
# that both have, by both.
#
# Each line of EXEMPT is "FILE: MESSAGE # REASON" of one that no test can provoke. It has to
# be in that file, and must not be read by a test after all.

import re
import sys
from pathlib import Path

top = Path(sys.argv[1])

# Functions, and which of their arguments is the message; what they make of it; where the
# values for it begin, unless that is right behind it.
KERNEL = {
    'NL_SET_ERR_MSG': [(1, '{}')],
    'NL_SET_ERR_MSG_ATTR': [(2, '{}')],
    'LEVEE_SET_ERR_MSG_NAMES': [(1, '{}', 3), (2, '{}')],
    'pr_info': [(0, '{}')],
    'pr_warn_ratelimited': [(0, '{}')],
}
COMMAND = {
    'err_usage': [(0, '{}')],
    'err_refused': [(0, '{}')],
    'err_warn': [(0, '{}')],
    'args_missing': [(1, '{} is missing after "%s"')],
    'args_file': [(1, '{} is missing after "%s"')],
    'args_take': [(1, '{} is missing after "%s"')],
    'sock_error': [(0, 'netlink: {}: %s')],
}
# How else somebody might be told something, which nothing above would find.
OTHERWISE = re.compile(r'\b(NL_SET_ERR_MSG\w*|NL_SET_BAD_ATTR\w*|GENL_SET_ERR_MSG\w*|_msg = \w+'
                       r'|do_trace_netlink\w*|pr_(?!fmt|cont)[a-z_]+|printk\w*|net_[a-z]+_ratelimited'
                       r'|(?:netdev|dev)_(?:err|warn|info|notice)\w*|WARN(?:_\w+)?|perror|v?warnx|v?errx'
                       r'|(?:fprintf|fputs|dprintf)\b[^;]*\bstderr)\s*(?=\(|;|,)')
# These say nothing of their own, or are those functions.
SILENT = re.compile(r'NL_SET_BAD_ATTR$|WARN_ON_ONCE$|fputs\((?:args->)?usage, stderr$')
# The last arguments of calls that make a message of what their callers say.
PASSED_ON = {('tools/args.c', 'what'), ('tools/args.c', 'args->prev'),
             ('tools/nl.c', 'strerror(errno)'), ('kmod/compat.h', 'plain')}
SPEC = re.compile(r'%(?:%|[-+ #0]*(?:\d+|\*)?(?:\.(?:\d+|\*))?(?:hh|h|ll|l|z)?[a-zA-Z])')
STRING = re.compile(r'"((?:[^"\\\n]|\\.)*)"')
CODE = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)+\'', re.S)
# What a result is called; of "refused" only if a message follows.
QUOTED = r'(?:"(?:[^"\\]|\\.)*"|\'[^\']*\')'
NAME = re.compile(rf'^\s*(?:(?:check\w*|shows\w*|matches|result|ktap_\w+)\s+{QUOTED}'
                  rf'|refused\s+{QUOTED}(?=\s+["\']))')
WILD = '\0'


def without_comments(text):
    def blank(match):
        return match[0] if match[0][0] in '"\'' else re.sub(r'[^\n]', ' ', match[0])
    return CODE.sub(blank, text)


def arguments(text, start):
    """Those of the call whose parenthesis is at start."""
    depth, args, at = 0, [''], start
    while True:
        string = CODE.match(text, at)
        piece = string[0] if string else text[at]
        at += len(piece)
        depth += piece in '([{' and len(piece) == 1
        depth -= piece in ')]}' and len(piece) == 1
        if not depth:
            return args
        if depth == 1 and piece == ',':
            args.append('')
        elif (depth, piece) != (1, '(') or args != ['']:
            args[-1] += piece


def literal(arg, macros):
    """The string that an argument is made of; None if it is something else."""
    rest = STRING.sub('', arg)
    if set(rest.split()) - macros.keys() or not arg.strip():
        return None
    parts = re.findall(STRING.pattern + r'|(\w+)', arg)
    text = ''.join(macros[name] if name else string for string, name in parts)
    return text.replace('\\"', '"').replace('\\n', '').replace('\\\\', '\\')


def fill_in(text, args, macros):
    """The message, with what is known of its arguments; the others match anything."""
    values = iter(args)

    def value(match):
        if match[0] == '%%':
            return '%'
        known = literal(next(values, ''), macros)
        return WILD if known is None else known
    return SPEC.sub(value, text)


def messages(folder, functions, skip):
    """(file, line, message) of each; those that nothing is known of are bad."""
    texts = {path: without_comments(path.read_text())
             for path in sorted((top / folder).glob('*.[ch]')) if not skip.search(path.name)}
    macros = {}
    for text in texts.values():
        for name, value in re.findall(r'#define (\w+)\s+((?:[^\n\\]|\\.|\\\n)*)', text):
            if literal(value.replace('\\\n', ''), {}) is not None:
                macros[name] = literal(value.replace('\\\n', ''), {})
    call = re.compile(r'(?<![\w"])(%s)\(' % '|'.join(functions))
    found, bad, used = [], [], set()
    for path, text in texts.items():
        where = str(path.relative_to(top))
        for match in call.finditer(text):
            head = text[text.rfind('\n', 0, match.start()) + 1:match.start()]
            if head.startswith('#define') or re.match(r'(static )?(int|void) $', head):
                continue
            line = text.count('\n', 0, match.start()) + 1
            used.add(match[1])
            args = arguments(text, match.end() - 1)
            if (where, args[-1].strip()) in PASSED_ON:
                continue
            for index, form, *first in functions[match[1]]:
                said = literal(args[index], macros) if index < len(args) else None
                if said is not None:
                    said = form.replace('%s', WILD).replace(
                        '{}', fill_in(said, args[first[0] if first else index + 1:], macros))
                    found.append((where, line, said))
                else:
                    bad.append(f'{where}:{line}: {match[1]}() with a text that is not plain')
        for match in OTHERWISE.finditer(text):
            if match[1] not in functions and not SILENT.search(match[1]) and \
               path.name not in ('err.c', 'compat.h'):
                line = text.count('\n', 0, match.start()) + 1
                bad.append(f'{where}:{line}: {match[1]}() is not known to this test')
    bad += [f'{name}() is not used any more' for name in functions if name not in used]
    return found, bad


def expand(text):
    """A test's text with its plain variables in place, without names of results."""
    plain, lines = {}, []

    def value(match):
        return plain.get(match[1] or match[2], match[0])
    for line in text.replace('\\\n', ' ').split('\n'):
        if line.lstrip().startswith(('#', '//', '*')):
            continue
        line = NAME.sub('', line)
        line = re.sub(r'\$(?:(\w+)|\{(\w+)\})', value, line)
        for name, double, single in re.findall(
                r'(?<![\w$-])(\w+)=(?:"((?:[^"\\]|\\.)*)"|\'([^\']*)\')', line):
            plain[name] = double or single
        lines.append(line)
    return re.sub(r'\\([^\w\s])', r'\1', '\n'.join(lines))


def corpus(*patterns):
    paths = sorted({path for pattern in patterns for path in top.glob(pattern)
                    if path.name not in ('messages.sh', 'messages.py')})
    return '\n'.join(expand(path.read_text(errors='replace')) for path in paths).split('\n')


def own(said):
    return len(re.sub(r'\W', '', said.replace(WILD, '')))


def pattern(said):
    text = '.*?'.join(re.escape(part) for part in said.strip(WILD).split(WILD))
    return re.compile((r'(?<!\w)' if said[0].isalnum() else '') + text +
                      (r'(?!\w)' if said[-1].isalnum() else ''))


def unread(wanted, lines):
    """Those of the messages that are in none of the lines."""
    missing = set()
    for said in sorted(wanted, key=own, reverse=True):
        words, count = max(said.split(WILD), key=len), 0
        for i, line in enumerate(lines):
            if words in line:
                lines[i], n = pattern(said).subn('\t', line)
                count += n
        if not count:
            missing.add(said)
    return missing


def main():
    module, bad = messages('kmod', KERNEL, re.compile(r'_test\.c$'))
    command, more = messages('tools', COMMAND, re.compile(r'^$'))
    bad += more
    in_module = {said for _, _, said in module}
    # What consists of others' words is read with them.
    in_command = {said for _, _, said in command if own(said) > 2}
    missing = {
        'kmod': unread(in_module | in_command,
                       corpus('tests/*.sh', 'tests/*.py', 'kmod/*_test.c')),
        'tools': unread(in_command, corpus('tests/*.sh', 'tests/*.py', 'tests/host/*.sh')),
    }
    missing['tools'] |= in_module & unread(in_command, corpus('tests/host/*.sh'))
    exempt = {}
    for line in Path(sys.argv[2]).read_text().splitlines():
        if line and not line.startswith('#'):
            match = re.fullmatch(r'([\w./]+): (.*?) # \S.*', line)
            if match:
                exempt[match[1], match[2]] = False
            else:
                bad.append(f'not "FILE: MESSAGE # REASON": {line}')
    for where, line, said in module + command:
        shown = said.replace(WILD, '%s')
        if (where, shown) in exempt:
            exempt[where, shown] = True
            if said not in missing[where.split('/')[0]]:
                bad.append(f'{where}:{line}: a test reads this, no reason is needed: {shown}')
        elif said in missing[where.split('/')[0]]:
            bad.append(f'{where}:{line}: no test reads: {shown}')
    bad += [f'{where}: there is no such message any more: {said}'
            for (where, said), there in exempt.items() if not there]
    print('\n'.join(bad))
    print(f'# {len(in_module)} messages of the module, {len(in_command)} of the command')
    sys.exit(bool(bad))


main()
