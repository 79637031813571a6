"""The row that measures how fast contacts are taken out of WHOIS answers."""

import json
import statistics

from measure import ROOT, cost_of, program, spread, verdict

SAMPLES = ROOT / "tests" / "validators" / "whois"
PEER = ROOT / "tests" / "bench" / "whois_parser.pl"
AIM = 10_000


def measure_contacts(table, size, folder):
    """All samples of layouts, JPRS's among them, over and over on one core."""
    samples = sorted(SAMPLES.glob("*.json"))
    answers = folder / "answers"
    answers.write_text("".join(
        f"{json.loads(sample.read_text())['name']} {sample.with_suffix('.txt')}\n"
        for sample in samples))
    ours, theirs = [], []
    for _ in range(size.floods):
        theirs.append(cost_of(PEER, answers, size.peer_rounds))
        ours.append(cost_of(program("contacts"), answers, size.rounds))
    rate = [len(samples) * size.rounds / cost.wall_ms * 1000 for cost in ours]
    other = [len(samples) * size.peer_rounds / cost.wall_ms * 1000 for cost in theirs]
    cpu = statistics.median(cost.cpu_ms for cost in ours) / len(samples) / size.rounds * 1000
    ratio = statistics.median(mine / peer for mine, peer in zip(rate, other))
    table.add(f"WHOIS answers read, {len(samples)} layouts",
              f"{spread(rate, 'answers/s', 0)}, {cpu:.1f} µs CPU each",
              f"Net::Whois::Parser: {spread(other, 'answers/s', 0)}", f"× {ratio:.1f}",
              verdict(f"at least {AIM:,}", statistics.median(rate) >= AIM))
