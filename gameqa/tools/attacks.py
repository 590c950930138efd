"""Replies that try out the scoring of any row: `attacks` must all score 0, `reply_forms` all 1."""

import json
import re
from collections.abc import Mapping
from functools import cache
from random import Random
from typing import Any

from gameqa.core.answers import LETTERS, parse, same

ASCII = "".join(map(chr, range(33, 127)))
FULL_WIDTH = str.maketrans({char: chr(ord(char) + 0xFEE0) for char in ASCII if char.isalnum()})
CYRILLIC = str.maketrans("ABCEHKMOPTXaceopxy", "АВСЕНКМОРТХасеорху")
ARABIC_DIGITS = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


def field(row: Any, name: str) -> Any:
    """Return a column of a row or of a sample."""
    return row.get(name) if isinstance(row, Mapping) else getattr(row, name, None)


def accepted(row: Any) -> list[str]:
    """Return every right canonical answer."""
    return list(field(row, "accepted") or [field(row, "answer")])


def wrong_answers(row: Any) -> list[str]:
    """Canonical answers of the row's kind that are not right; for a choice all other letters."""
    kind, answer = field(row, "answer_kind"), field(row, "answer")
    if kind == "choice":
        candidates = list(LETTERS[: len(field(row, "options"))])
    elif kind in ("integer", "number"):
        candidates = [str(number) for number in range(-3, 12)] + [f"1{answer.lstrip('-')}"]
    elif kind in ("coordinate", "sequence") and re.search(r"[0-9]", answer):
        candidates = [_shifted(answer, more) for more in (1, 2, 3, 4)]
    elif kind == "text":
        candidates = [f"{answer} again", "something else", "another thing"]
    else:
        extra = ["71", "72", "73"] if re.search(r"[0-9]", answer) else ["zebra", "zulu", "zoo"]
        candidates = [f"{answer}, {more}" for more in extra]
    return [other for other in candidates if not any(same(kind, other, right) for right in accepted(row))]


def _shifted(answer: str, more: int) -> str:
    return re.sub(r"[0-9]+", lambda digits: str(int(digits[0]) + more), answer)


def attacks(row: Any) -> dict[str, str]:
    """Return replies that must score 0 for `row`, by name, whichever answer is the right one."""
    right, wrong = field(row, "answer"), wrong_answers(row)
    other, third = wrong[0], wrong[-1]
    replies = {
        "empty": "",
        "blanks": "  \n\t  \n",
        "no idea": "I do not know.",
        "refusal": "I'm sorry, but I cannot see the picture.",
        "dots": "...",
        "question mark": f"{right}?",
        "or": f"{right} or {other}",
        "or, wrong first": f"{other} or {right}",
        "the answer is or": f"The answer is {right} or {other}.",
        "the answer is either": f"The answer is either {other} or {right}.",
        "slash": f"Answer: {right} / {other}",
        "two statements": f"The answer is {right}. The answer is {other}.",
        "two statements, right last": f"The answer is {other}. The answer is {right}.",
        "two lines": f"Answer: {right}\nAnswer: {other}",
        "two lines, right last": f"Answer: {other}\nAnswer: {right}",
        "all statements": "\n".join(f"Answer: {answer}" for answer in [*wrong, right]),
        "or after a full stop": f"The answer is {right}. Or {other}.",
        "wait": f"Answer: {right}. No, wait, {other}.",
        "not": f"The answer is not {right}.",
        "not, bold": f"The answer is **not {right}**.",
        "anything but": f"The answer is anything but {right}.",
        "neither": f"The answer is neither {right} nor {other}.",
        "wrong answer": f"The wrong answer is {right}.",
        "doubt": f"I do not think that the answer is {right}.",
        "unsure": f"I am not sure whether the answer is {right}.",
        "questions": f"Not sure: {right}? {other}? {third}?",
        "asked": f"The answer is {right}? The answer is {other}?",
        "boxed several": f"\\boxed{{{right}}} \\boxed{{{other}}}",
        "boxed several, right last": f"\\boxed{{{other}}} and \\boxed{{{right}}}",
        "boxed or": f"\\boxed{{{right} or {other}}}",
        "boxed unclosed": f"\\boxed{{{right}",
        "boxed nothing": "\\boxed{}",
        "boxed, then another": f"\\boxed{{{right}}}\nThe answer is {other}.",
        "tag several": f"<answer>{right}</answer><answer>{other}</answer>",
        "tag or": f"<answer>{right} or {other}</answer>",
        "tag against box": f"<answer>{right}</answer> \\boxed{{{other}}}",
        "tag mention": "Answer: <answer>",
        "think only": f"<think>The answer is {right}. \\boxed{{{right}}}</think>",
        "think unclosed": f"<think>The answer is {right}. \\boxed{{{right}}}",
        "think closed only": f"The answer is {right}.</think>",
        "think, then another": f"<think>The answer is {right}.</think>The answer is {other}.",
        "buried": f"There was once {right}, which went to see the world and was never heard of again.",
        "full width": f"Answer: {right.translate(FULL_WIDTH)}",
        "full width, boxed": f"\\boxed{{{right.translate(FULL_WIDTH)}}}",
        "huge noise": _noise(),
    }
    if right.translate(FULL_WIDTH) == right:
        del replies["full width"], replies["full width, boxed"]
    for name, table in (("cyrillic", CYRILLIC), ("arabic digits", ARABIC_DIGITS)):
        if right.translate(table) != right:
            replies[name] = right.translate(table)
            replies[f"{name}, stated"] = f"The answer is {right.translate(table)}."
            replies[f"{name}, boxed"] = f"\\boxed{{{right.translate(table)}}}"
    if field(row, "answer_kind") != "set":  # a set may name its members twice
        replies["said thrice"] = f"{right} {right} {right}"
    replies["huge"] = f"{right} " * (1_000_000 // (len(right) + 1))
    return replies | _echoes(row) | (_option_attacks(row) if field(row, "options") else {})


def _echoes(row: Any) -> dict[str, str]:
    replies: dict[str, str] = {}
    for name in ("question", "text_question", "query", "answer_format"):
        prompt = field(row, name)
        if prompt:
            replies |= {
                f"{name} echo": prompt,
                f"{name} echo twice": f"{prompt}\n{prompt}",
                f"{name} echo after 'Answer:'": f"Answer: {prompt}",
                f"{name} echo and 'Answer:'": f"{prompt}\nAnswer:",
                f"{name} echo in a box": f"\\boxed{{{prompt}}}",
                f"{name} echo, huge": f"{prompt}\n" * (300_000 // len(prompt) + 1),
            }
    return replies


def _option_attacks(row: Any) -> dict[str, str]:
    options, right = list(field(row, "options")), field(row, "answer")
    letters = list(LETTERS[: len(options)])
    listed = [f"{letter}. {text}" for letter, text in zip(letters, options, strict=True)]
    others = [letter for letter in letters if letter != right]
    replies = {
        "letters glued": "".join(letters),
        "letters by blank": " ".join(letters),
        "letters by comma": ", ".join(letters),
        "letters by line": "\n".join(letters),
        "letters by slash": "/".join(letters),
        "letters in brackets": "".join(f"({letter})" for letter in letters),
        "letters by or": " or ".join(letters),
        "letters by and": "The answer is " + " and ".join(letters) + ".",
        "letters by full stop": "Answer: " + ". ".join(letters),
        "letters stated": "Answer: " + ", ".join(letters),
        "letters boxed": f"\\boxed{{{', '.join(letters)}}}",
        "letters boxed each": " ".join(f"\\boxed{{{letter}}}" for letter in letters),
        "letters tagged each": " ".join(f"<answer>{letter}</answer>" for letter in letters),
        "letters stated each": " ".join(f"The answer is {letter}." for letter in letters),
        "letters stated backward": " ".join(f"The answer is {letter}." for letter in reversed(letters)),
        "options": "\n".join(listed),
        "options in a line": " ".join(listed),
        "options after 'Answer:'": "Answer: " + "\n".join(listed),
        "options below 'Answer:'": "Answer:\n" + "\n".join(listed),
        "options after 'The answer is'": "The answer is " + " ".join(listed),
        "options boxed": f"\\boxed{{{' '.join(listed)}}}",
        "options without letters": "\n".join(options),
        "options as JSON": json.dumps(options),
        "options as JSON by letter": json.dumps(dict(zip(letters, options, strict=True))),
        "options stated each": "\n".join(f"The answer is {text}." for text in options),
        "huge letters": "A " * 500_000,
        "all but": f"The answer is not {', '.join(others)}.",
    }
    if "Z" not in [*letters, *options]:
        replies["letter out of range"] = "Answer: Z"
    for letter, text in zip(letters, options, strict=True):
        if letter != right:
            replies |= {
                f"{letter} stated": f"Answer: {letter}",
                f"{letter} boxed": f"\\boxed{{{letter}}}",
                f"{letter} with text": f"Answer: {letter}. {text}",
                f"{right} with the text of {letter}": f"Answer: {right}. {text}",
                f"{letter} with the right text": f"Answer: {letter}. {options[letters.index(right)]}",
            }
            if parse("choice", text, options) == letter:
                replies[f"text of {letter}"] = text
                replies[f"text of {letter} stated"] = f"The answer is {text}."
    return replies


@cache
def _noise() -> str:
    rng = Random("noise")
    return "".join(rng.choices("ABCDEFGHabcdefgh0123456789 \n.,()[]", k=1_000_000))


def reply_forms(row: Any) -> dict[str, str]:
    """Return replies that must score 1 for `row`, by name."""
    replies: dict[str, str] = {}
    for right in accepted(row):
        forms = {
            "bare": right,
            "bare, bold": f"**{right}**",
            "bare, line ends": f"\n{right}\n",
            "boxed": f"\\boxed{{{right}}}",
            "boxed in a sentence": f"Counting again, we get $\\boxed{{{right}}}$.",
            "boxed text": f"\\[\\boxed{{\\text{{{right}}}}}\\]",
            "boxed in a statement": f"The answer is \\boxed{{{right}}}.",
            "boxed twice": f"So \\boxed{{{right}}}.\n\nAnswer: \\boxed{{{right}}}",
            "boxed after mention": f"I shall write it in \\boxed{{}}.\n\\boxed{{{right}}}",
            "tag": f"<answer>{right}</answer>",
            "tag on lines": f"Let me see.\n<answer>\n{right}\n</answer>",
            "box in tag": f"<answer>\\boxed{{{right}}}</answer>",
            "statement": f"The answer is {right}.",
            "statement, no stop": f"Therefore the final answer is {right}",
            "statement, bold": f"So the correct answer is **{right}**.",
            "statement, math": f"The answer is ${right}$.",
            "statement, colon": f"The final answer is: {right}",
            "statement twice": f"The answer is {right}. The answer is {right}.",
            "statement with reason": f"The answer is {right}.\nThis follows from the rules.",
            "answer line": f"I looked at the picture.\n\nAnswer: {right}",
            "answer line, stop": f"Answer: {right}.",
            "answer line, bold": f"**Answer:** {right}",
            "answer line, bold head": f"**Answer**: {right}",
            "answer line, all bold": f"**Answer: {right}**",
            "answer line, code": f"Answer: `{right}`",
            "answer line, quotes": f'Answer: "{right}"',
            "answer line, lower case": f"answer: {right}",
            "answer line, heading": f"### Final Answer:\n\n{right}\n",
            "answer line, equals": f"answer = {right}",
            "think": f"<think>Perhaps {wrong_answers(row)[0]}? Hm.</think>\n\nAnswer: {right}",
            "think twice": f"<think>a</think><think>b</think>The answer is {right}.",
            "think closed only": f"The answer is {wrong_answers(row)[0]}.</think>The answer is {right}.",
            "changed mind": f"First I thought the answer is {wrong_answers(row)[0]}.\n"
            f"But \\boxed{{{right}}}, the answer is {right}.",
            "long": "I look at every cell in turn.\n" * 5_000 + f"Answer: {right}",
        }
        if field(row, "question"):
            forms["after the prompt"] = f"{field(row, 'question')}\n\nAnswer: {right}"
        replies |= {
            name if right == field(row, "answer") else f"{name}: {right}": reply for name, reply in forms.items()
        }
    if field(row, "analysis"):
        replies["analysis"] = field(row, "analysis")
    return replies | (_option_forms(row) if field(row, "options") else {})


def _option_forms(row: Any) -> dict[str, str]:
    options, right = list(field(row, "options")), field(row, "answer")
    text = options[LETTERS.index(right)]
    forms = {
        "(letter)": f"({right})",
        "[letter]": f"[{right}]",
        "letter and stop": f"{right}.",
        "letter)": f"{right})",
        "letter, lower case": right.lower(),
        "option letter": f"The answer is option {right}.",
        "letter in brackets, stated": f"The correct answer is ({right}).",
        "letter and text": f"{right}. {text}",
        "letter and text, boxed": f"\\boxed{{{right}. {text}}}",
        "letter and text, stated": f"The answer is {right}: {text}",
        "letter and text, line": f"Answer: ({right}) {text}",
        "letter because": f"The answer is {right}, because the others break the rules.",
        "letter, next sentence": f"The answer is {right}. The others break the rules.",
        "letter in placeholder": f"Answer: <{right}>",
    }
    if parse("choice", text, options) == right:  # not where the text is the letter of another option
        forms |= {
            "text": text,
            "text, stated": f"The answer is {text}",
            "text, boxed": f"\\boxed{{{text.replace('→', chr(92) + 'rightarrow')}}}",
            "text, line": f"Answer: {text.replace('→', '->')}",
        }
    return forms
