"""Prints amounts as people write them, and what Python's decimal makes of them: style, places, mode, text, answer."""
import decimal
import random

random.seed(20261126)
MODES = {
    "half-even": decimal.ROUND_HALF_EVEN,
    "half-up": decimal.ROUND_HALF_UP,
    "half-down": decimal.ROUND_HALF_DOWN,
    "up": decimal.ROUND_UP,
    "down": decimal.ROUND_DOWN,
    "ceiling": decimal.ROUND_CEILING,
    "floor": decimal.ROUND_FLOOR,
}
decimal.getcontext().prec = 200


def grouped(digits, sign):
    first = len(digits) % 3 or 3
    return sign.join([digits[:first]] + [digits[at : at + 3] for at in range(first, len(digits), 3)])


def around(number, style):
    """The number with signs around, and whether it is negative."""
    sign = random.choice(["$", "€", "EUR ", "US$", "£ ", "kr. ", ""])
    return random.choice(
        [
            (sign + number, False),
            ("-" + sign + number, True),
            (sign + "-" + number, True),
            ("(" + sign + number + ")", True),
            (sign + "(" + number + ")", True),
            (number + " €", False),
            (number + "-", True),
            (number + "- EUR", True),
            (" " + number + "\u00a0CHF ", False),
        ]
    )


for _ in range(3000):
    style = random.choice(["en", "de", "fr", "de-CH", "none"])
    group, point = {"en": ",.", "de": ".,", "fr": "\u202f,", "de-CH": "’.", "none": ",."}[style]
    whole = str(random.randrange(10 ** random.randint(1, 25)))
    fraction = "".join(random.choice("0123456789555") for _ in range(random.randint(0, 12)))
    written = grouped(whole, group) if random.random() < 0.7 else whole
    number = written + (point + fraction if fraction or random.random() < 0.1 else "")
    text, negative = around(number, style)
    places = random.randint(0, 6)
    mode = random.choice(list(MODES))
    value = decimal.Decimal(whole + "." + (fraction or "0"))
    value = -value if negative else value
    percent = random.choice(["none", "none", "divide", "drop"])
    if percent != "none":
        text = text + random.choice(["%", " %"])
    if percent == "divide":
        value = value.scaleb(-2)
    answer = value.quantize(decimal.Decimal(1).scaleb(-places), rounding=MODES[mode])
    answer = abs(answer) if answer == 0 else answer
    print("\t".join([style, percent, str(places), mode, text, format(answer, "f")]))
