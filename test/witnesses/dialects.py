"""Python's csv module as a witness of dialects.

write SEED COUNT: prints cases, one JSON object a line: keys of a job file's csv section, and data in that dialect.
judge: reads cases with `output` (the keys of output.csv) and `mapped` (what the mapper made of the data), and prints those
whose fields are not the same, with both readings.
"""
import base64
import csv
import io
import json
import random
import sys

DELIMITERS = [",", ",", ";", "\t", "|", ":", "^", "~", " ", "/", "\x01", "¦", "→"]
QUOTES = ['"', '"', '"', "'", "|", "`", "$", "^"]
PIECES = ["", "", "a", "b", "0", "n", "é", "日本", "😀", " ", "\t", "\\", "\\\\", "\n", "\r", "\r\n", "#", "NULL", "N", "sep=;"]
OTHERS = [",", ";", '"', "'", '""', "|"]


def field(delimiter, quote):
    pieces = PIECES + OTHERS + [delimiter, delimiter + delimiter, quote, quote + quote, quote + delimiter]
    return "".join(random.choice(pieces) for _ in range(random.choice([0, 1, 1, 2, 3, 6])))


def random_case():
    delimiter = random.choice(DELIMITERS)
    quote = random.choice([one for one in QUOTES if one != delimiter])
    quoting, escapes, doubles = random.choice(
        [
            (csv.QUOTE_MINIMAL, False, True),
            (csv.QUOTE_MINIMAL, False, True),
            (csv.QUOTE_ALL, False, True),
            (csv.QUOTE_MINIMAL, True, False),
            (csv.QUOTE_ALL, True, False),
            (csv.QUOTE_MINIMAL, True, True),
            (csv.QUOTE_NONE, True, False),
        ]
    )
    form = {
        "delimiter": delimiter,
        "quotechar": None if quoting == csv.QUOTE_NONE else quote,
        "quoting": quoting,
        "escapechar": "\\" if escapes else None,
        "doublequote": doubles,
    }
    width = random.choice([1, 2, 2, 3, 5])
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator=random.choice(["\n", "\n", "\r\n", "\r"]), **form)
    writer.writerow([f"c{index}" for index in range(width)])
    for _ in range(random.randrange(6)):
        # A few records have another width.
        fields = width if random.random() < 0.9 else random.randrange(1, 6)
        try:
            record = [field(delimiter, quote) for _ in range(fields)]
            # Without quotes CR and LF have an escape each, or one of them has none: by lines that is another text.
            writer.writerow([one.replace("\r", "") for one in record] if quoting == csv.QUOTE_NONE else record)
        except csv.Error:
            # Without quotes a record of one empty field can't be written.
            continue
    whole = text.getvalue()
    # The last line of a file may have no end.
    if random.random() < 0.2 and not whole.endswith("\\\n"):
        whole = whole.rstrip("\r\n") or whole
    return {
        "form": form,
        "csv": {
            "delimiter": delimiter,
            "quote": "none" if form["quotechar"] is None else quote,
            "escape": "backslash" if escapes else "double",
        },
        "data": base64.b64encode(whole.encode()).decode(),
    }


def read(encoded, **form):
    """The records, with line ends as the mapper has them. A blank line is a record of one empty field."""
    text = base64.b64decode(encoded).decode()
    records = csv.reader(io.StringIO(text, newline=""), **form)
    return [[one.replace("\r\n", "\n").replace("\r", "\n") for one in record] or [""] for record in records]


def main():
    csv.field_size_limit(sys.maxsize)
    if sys.argv[1] == "write":
        random.seed(int(sys.argv[2]))
        for _ in range(int(sys.argv[3])):
            print(json.dumps(random_case()))
        return
    for line in sys.stdin:
        case = json.loads(line)
        want = read(case["data"], **case["form"])
        got = read(case["mapped"], delimiter=case["output"]["delimiter"])
        if want != got:
            print(json.dumps({**case, "want": want, "got": got}))


main()
