#!/usr/bin/env bash
# Records what Java 17 and Python 3 say of dates and amounts, for test/unit/mapper/rules/witnesses.test.ts: their own formats, with
# seeds that stay. Needs both; the tests need neither.
set -euo pipefail
cd "$(dirname "$0")"
export LC_ALL=C.UTF-8
java -Dfile.encoding=UTF-8 -Dstdout.encoding=UTF-8 Dates.java > dates.tsv
java -Dfile.encoding=UTF-8 -Dstdout.encoding=UTF-8 Money.java > money-java.tsv
PYTHONIOENCODING=utf-8 python3 money.py > money-python.tsv
