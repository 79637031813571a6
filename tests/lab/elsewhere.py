"""A lab (contrib/lab) that another process tells what to do: one Internet inside
of a network namespace.

    elsewhere.py FOLDER    prints its ports, then obeys one JSON line after the other,
                           {"do": METHOD, "with": [ARGUMENTS]}, and answers each with a
                           line; ends with its standard input.
"""

import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "contrib" / "lab"))

from lab import Lab  # noqa: E402


def main():
    with Lab(sys.argv[1]) as lab:
        print(json.dumps(lab.ports), flush=True)
        for line in sys.stdin:
            call = json.loads(line)
            getattr(lab, call["do"])(*call["with"])
            print("done", flush=True)


if __name__ == "__main__":
    main()
