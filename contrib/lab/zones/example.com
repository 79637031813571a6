; The main stage: names for every answer that a DNS check or a page check can meet.
$TTL 60
@	SOA	ns.example.com. hostmaster.example.com. 1 3600 600 86400 60
@	NS	ns.example.com.
@		A	127.0.0.1
ns		A	127.0.0.1
www		A	127.0.0.1
mail		A	127.0.0.1
alias		CNAME	www
; bücher
xn--bcher-kva	A	127.0.0.1
; For orders of many names.
*.many		A	127.0.0.1

; Web servers that redirect or dawdle: see nginx.conf.in.
to-https	A	127.0.0.1
see-other	A	127.0.0.1
loop		A	127.0.0.1
other-port	A	127.0.0.1
slow		A	127.0.0.1

; An address that is never contacted, and a name without one.
inside		A	10.0.0.1
no-address	TXT	"nothing to connect to"

; CAA, RFC 8659. The lab's CA calls itself ca.example.net.
permitted	A	127.0.0.1
permitted	CAA	0 issue "ca.example.net"
www.permitted	A	127.0.0.1
forbidden	A	127.0.0.1
forbidden	CAA	0 issue "other.example"
www.forbidden	A	127.0.0.1
nobody		A	127.0.0.1
nobody		CAA	0 issue ";"
critical	A	127.0.0.1
critical	CAA	128 tbs "unknown"
