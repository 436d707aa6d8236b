"""The job of a bench case in plain Python: csv, datetime and decimal as most people would write it."""

import csv
import json
import sys
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation

rules = json.loads(sys.argv[1])
ONE = Decimal(1)


def convert_date(text):
    try:
        return datetime.strptime(text, "%m/%d/%Y").strftime("%Y-%m-%d")
    except ValueError:
        return "Invalid-Date"


def convert_number(text):
    try:
        return str(int(Decimal(text).quantize(ONE, rounding=ROUND_HALF_EVEN)))
    except InvalidOperation:
        return "Invalid-Number"


def main():
    sys.stdin.reconfigure(encoding="utf-8", newline="")
    sys.stdout.reconfigure(encoding="utf-8", newline="")
    reader = csv.reader(sys.stdin)
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(next(reader))
    for fields in reader:
        for i in rules["upper"]:
            fields[i] = fields[i].upper()
        for i in rules["date"]:
            fields[i] = convert_date(fields[i])
        for i in rules["round"]:
            fields[i] = convert_number(fields[i])
        writer.writerow(fields)


main()
