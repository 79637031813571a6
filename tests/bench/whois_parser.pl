#!/usr/bin/perl
# whois_parser.pl LIST ROUNDS: what bench_contacts does, by Net::Whois::Parser, which
# is given the same answers and asks nobody.
use strict;
use warnings;

use Net::Whois::Parser;

my ($list, $rounds) = @ARGV;
my @samples;
open(my $names, '<', $list) or die "$list: $!\n";
while (<$names>) {
	my ($name, $file) = split;
	open(my $answer, '<:raw', $file) or die "$file: $!\n";
	local $/;
	push @samples, [$name, scalar <$answer>];
}
my $fields = 0;
for (1 .. $rounds) {
	for my $sample (@samples) {
		my $found = parse_whois(domain => $sample->[0], raw => $sample->[1]);
		$fields += keys %$found if $found;
	}
}
die "no field was found\n" unless $fields;
