#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Writes the prefixes that the lists of the benchmark have, in the language of each contender.

usage: feed.py FOLDER COUNT

Half of them are IPv4, half IPv6; none is within another, as nft's intervals must be. Of
each half, one half are single sources, one behind the other: 10.0.0.0, 10.0.0.1, ... and
2001:db8::/64, 2001:db8:0:1::/64, ...; the other half is everywhere, of many lengths.
Always the same ones.
"""
import ipaddress
import os
import random
import sys

# As in feeds: most are hosts or what is given to one customer.
LENGTHS4 = [32] * 12 + [24] * 5 + [25, 26, 27, 28, 29, 30, 31]
LENGTHS6 = [64] * 8 + [48] * 6 + [56] * 3 + [128] * 3 + [52, 60, 62, 96]
FIRST4 = 10 << 24
FIRST6 = 0x20010db8 << 96


def spread(rng, count, bits, shortest, lengths, first, last):
    """Within different prefixes of the shortest length, one of any length each."""
    for number in rng.sample(range(first, last), count):
        length = rng.choice(lengths)
        inside = rng.getrandbits(length - shortest) if length > shortest else 0
        yield (number << (length - shortest) | inside) << (bits - length), length


def prefixes(count):
    rng = random.Random(20221123)
    half, rest = count // 4, count // 2 - count // 4
    # 128.0.0.0 to 223.255.255.0, and 2000::/5 as far as it is nobody's above.
    four = [(FIRST4 + i, 32) for i in range(half)]
    four += spread(rng, rest, 32, 24, LENGTHS4, 128 << 16, 224 << 16)
    six = [(FIRST6 + (i << 64), 64) for i in range(half)]
    six += spread(rng, rest, 128, 48, LENGTHS6, 0x240000000000, 0x280000000000)
    return ([str(ipaddress.IPv4Network(p)) for p in four],
            [str(ipaddress.IPv6Network(p)) for p in six])


def write(path, lines):
    with open(path, "w", encoding="utf-8") as out:
        out.writelines(line + "\n" for line in lines)


def main(folder, count):
    os.makedirs(folder, exist_ok=True)
    four, six = prefixes(int(count))
    write(f"{folder}/levee", four + six)
    for name, inet, nft, list_ in (("four", "inet", "ipv4_addr", four),
                                   ("six", "inet6", "ipv6_addr", six)):
        write(f"{folder}/ipset-{name}",
              [f"create {name} hash:net family {inet} maxelem {len(list_) + 1} "
               f"hashsize {1 << (len(list_) // 2).bit_length()}"] +
              [f"add {name} {prefix}" for prefix in list_])
        write(f"{folder}/nft-{name}",
              ["table netdev bench {",
               f"set {name} {{ type {nft}; flags interval; elements = {{"] +
              [prefix + "," for prefix in list_] + ["} }", "}"])


if __name__ == "__main__":
    main(*sys.argv[1:])
