# The contenders: how each is configured, how its table is filled, what it says it dropped.
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154 # set by guest.sh
#
# For contender NAME, NAME_setup configures it in the present network namespace, and
# NAME_dropped prints how many packets it dropped by its own account. Uses family,
# kind, sources as set by guest.sh. README.md says why each is configured as it is.

# ---- the limit ----

# "over": a packet a day, so that each source is over it from its second packet on.
# "conform": more than all packets together. "new": a limit as on a gateway.
case $kind in
over) rate=1 unit=day burst=1 ;;
conform) rate=1000000 unit=second burst=100000 ;;
new) rate=50 unit=second burst=100 ;;
esac
# How long a source takes to regain its burst; who forgets it earlier forgives.
REGAIN_NEW_S=2
HOUR_MS=3600000

pow2_at_least() {
	local n=1

	while [ $n -lt "$1" ]; do n=$((n * 2)); done
	echo $n
}

bench() { echo "$*" >/proc/net/levee_bench; }
bench_value() { sed -n "s/^$1 //p" /proc/net/levee_bench; }

# ---- floors ----

drop_setup() { bench drop d0 && bench sink d0; }
drop_pre_setup() { bench drop prerouting && bench sink prerouting; }

# A table of as many bytes as levee's.
probe_setup() {
	local what=accept

	[[ $kind =~ ^(over|hit)$ ]] && what=drop
	bench probe d0 $(($(cat "$work/slots") * 16 / 64)) $what && bench sink d0
}
probe_dropped() {
	case $kind in
	over | hit) bench_value touched ;;
	*) echo 0 ;;
	esac
}

# ---- levee ----

# Sized as the others: room for every source. Twice as many slots, as its buckets
# are filled unevenly.
levee_size() {
	local want=65536

	levee help 2>&1 | grep '\btable\b' >/dev/null || return 0
	[ "$kind" = new ] && want=$((4 << 20))
	[ $((sources * 2)) -gt $want ] && want=$(pow2_at_least $((sources * 2)))
	levee table set slots "$want"
}

# How many the table really has.
levee_slots() {
	{
		levee -j table show 2>/dev/null | tr ',' '\n'
		levee stats show | tr -s ' '
	} | sed -n 's/.*"slots": *\([0-9]*\).*/\1/p; s/^meters \([0-9]*\) slots.*/\1/p' |
		head -n 1 | grep .
}

levee_add() {
	levee_size &&
	levee policy add bench dst "$DST4,$DST6" mode enforce &&
	levee limit set bench udp rate "$rate/${unit:0:1}" burst "$burst" &&
	levee hook add "$@" &&
	levee_slots >"$work/slots"
}

# levee_hook COLUMN: a counter of the one hook there is.
levee_hook() {
	awk -v name="$1" '
		NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i }
		NR == 2 { print $column[name] }' /proc/net/levee/hooks
}

levee_dev_setup() { levee_add dev d0 && bench sink d0; }
levee_dev_dropped() { levee_hook dropped_packets; }

# The same with all that is there for floods that no such limit stops, none of which
# has anything to do.
levee_idle_setup() {
	levee_size &&
	levee policy add bench dst "$DST4,$DST6" mode enforce challenge above 100M/s &&
	levee limit set bench udp rate "$rate/${unit:0:1}" burst "$burst" &&
	levee limit set bench any rate 100M/s per 0 fair &&
	levee limit set bench reflect rate 100/s per 0 &&
	levee limit set bench frag rate 100/s per 0 &&
	levee limit set bench tcp-stray rate 100/s &&
	levee hook add dev d0 && bench sink d0
}
levee_idle_dropped() { levee_hook dropped_packets; }
levee_pre_setup() { levee_add prerouting && bench sink prerouting; }
levee_pre_dropped() { levee_hook dropped_packets; }

# ---- iptables ----

# What Debian calls iptables translates to nftables; the original is the faster one.
ipt() {
	case $family in
	ip4) iptables-legacy -t raw "$@" ;;
	ip6) ip6tables-legacy -t raw "$@" ;;
	esac
}
ipt_dropped() { ipt -vnxL PREROUTING | awk '$3 == "DROP" { print $1 }'; }

# The kernel cuts both sizes down to 1,048,576.
hashlimit_setup() {
	local size expire=$HOUR_MS mask=32

	size=$(pow2_at_least "$sources")
	[ "$kind" = new ] && { size=1048576; expire=$((REGAIN_NEW_S * 1000)); }
	[ "$size" -lt 65536 ] && size=65536
	[ "$family" = ip6 ] && mask=64
	ipt -A PREROUTING -m hashlimit --hashlimit-name bench --hashlimit-mode srcip \
		--hashlimit-srcmask $mask --hashlimit-above "$rate/$unit" \
		--hashlimit-burst "$burst" --hashlimit-htable-size "$size" \
		--hashlimit-htable-max "$((size * 2))" --hashlimit-htable-expire "$expire" \
		--hashlimit-htable-gcinterval "$expire" -j DROP &&
	bench sink prerouting
}
hashlimit_dropped() { ipt_dropped; }

# Filled by packets, see ipset_fill_end.
ipset_setup() {
	local inet=inet

	[ "$family" = ip6 ] && inet=inet6
	ipset create bench hash:ip family $inet maxelem $((sources + 1024)) \
		hashsize "$(pow2_at_least $((sources / 2 + 1024)))" &&
	ipt -A PREROUTING -j SET --add-set bench src &&
	bench sink prerouting
}
ipset_fill_end() {
	ipt -F PREROUTING &&
	ipt -A PREROUTING -m set --match-set bench src -j DROP
}
ipset_dropped() { ipt_dropped; }

# ---- nftables ----

nft_set_setup() {
	local key='ip saddr' type=ipv4_addr size flags=dynamic timeout=''

	size=$((sources + sources / 16))
	[ "$kind" = new ] && {
		size=$((32 << 20))
		flags=dynamic,timeout
		timeout="timeout ${REGAIN_NEW_S}s; gc-interval ${REGAIN_NEW_S}s;"
	}
	[ "$size" -lt 65536 ] && size=65536
	[ "$family" = ip6 ] && { key='ip6 saddr & ffff:ffff:ffff:ffff::' type=ipv6_addr; }
	nft -f - <<-EOF && bench sink d0
	table netdev bench {
		set sources { type $type; size $size; flags $flags; $timeout }
		chain ingress {
			type filter hook ingress device d0 priority 0;
			add @sources { $key limit rate over $rate/$unit burst $burst packets } counter drop
		}
	}
	EOF
}
nft_set_dropped() { nft_dropped; }

nft_drop_setup() {
	nft -f - <<-EOF && bench sink d0
	table netdev bench {
		chain ingress {
			type filter hook ingress device d0 priority 0;
			counter drop
		}
	}
	EOF
}
nft_drop_dropped() { nft_dropped; }

nft_dropped() { "$here/nft_counter.py" bench ingress; }

# ---- lists ----

# timed_load CMD...: how long it takes goes to the results.
timed_load() {
	local start=$EPOCHREALTIME

	"$@" || return
	echo "load $name $(((${EPOCHREALTIME/./} - ${start/./}) / 1000))"
}

# The same half of the prefixes that levee has in one list.
half() { case $family in ip4) echo four ;; ip6) echo six ;; esac; }

levee_list_setup() {
	levee policy add bench dst "$DST4,$DST6" mode enforce &&
	timed_load levee list load deny "$feeds/levee" >"$work/load" &&
	tail -n 1 "$work/load" &&
	levee hook add dev d0 &&
	awk '$1 == "deny" { print int($NF / 16) }' /proc/net/levee/lists >"$work/slots" &&
	bench sink d0
}
levee_list_dropped() { levee_hook dropped_packets; }

# The same without a list: nothing is dropped.
levee_none_setup() {
	levee policy add bench dst "$DST4,$DST6" mode enforce &&
	levee hook add dev d0 &&
	bench sink d0
}
levee_none_dropped() { levee_hook dropped_packets; }

ipset_net_setup() {
	timed_load ipset -exist -file "$feeds/ipset-$(half)" restore &&
	ipt -A PREROUTING -m set --match-set "$(half)" src -j DROP &&
	bench sink prerouting
}
ipset_net_dropped() { ipt_dropped; }

nft_list_setup() {
	local key=ip

	[ "$family" = ip6 ] && key=ip6
	timed_load nft -f "$feeds/nft-$(half)" &&
	nft -f - <<-EOF && bench sink d0
	table netdev bench {
		chain ingress {
			type filter hook ingress device d0 priority 0;
			$key saddr @$(half) counter drop
		}
	}
	EOF
}
nft_list_dropped() { nft_dropped; }
