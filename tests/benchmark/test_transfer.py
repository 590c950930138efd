"""The general benchmarks, on tiny rows made in the schema that the card of each data set documents."""

import doctest
import importlib
import json
import random
import socket
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

pytest.importorskip("lm_eval")

import datasets
from gameqa.benchmark.tasks import transfer
from gameqa.benchmark.tasks.transfer import mmmu, rules
from lm_eval import simple_evaluate
from lm_eval.api.model import LM
from lm_eval.models.api_models import JsonChatStr
from lm_eval.tasks import TaskManager

from gameqa.core.answers import AnswerKind

PACK = Path(transfer.__file__).parent
STRING, INTEGER, FLOAT = map(datasets.Value, ("string", "int64", "float64"))
PICTURE = datasets.Image()
MMMU_PICTURES = {f"image_{number}": PICTURE for number in range(1, 8)}


def colour(shade: int) -> Image.Image:
    """A picture that is told by its red; one has a palette."""
    return Image.new("RGB", (2, 2), (shade, 0, 0)) if shade else Image.new("P", (2, 2), 0)


def schema(**columns: Any) -> datasets.Features:
    return datasets.Features({name: STRING if kind is str else kind for name, kind in columns.items()})


VISTA = schema(pid=str, question=str, image=str, decoded_image=PICTURE, choices=datasets.List(STRING), unit=str,
               precision=FLOAT, answer=str, question_type=str, answer_type=str, query=str)  # fmt: skip
VERSE = schema(sample_index=str, problem_version=str, question=str, image=PICTURE, answer=str, question_type=str,
               query_wo=str, query_cot=str, question_for_eval=str)  # fmt: skip
VISION = schema(id=str, question=str, options=datasets.List(STRING), image=str, decoded_image=PICTURE, answer=str,
                solution=str, level=INTEGER, subject=str)  # fmt: skip
MMMU = schema(id=str, question=str, options=str, explanation=str, **MMMU_PICTURES, img_type=str, answer=str,
              topic_difficulty=str, question_type=str, subfield=str)  # fmt: skip
PRO = schema(id=str, question=str, options=str, explanation=str, **MMMU_PICTURES, img_type=str, answer=str,
             topic_difficulty=str, subject=str)  # fmt: skip
PRO_VISION = schema(id=str, image=PICTURE, options=str, answer=str, subject=str)
CHARXIV = schema(category=str, image=PICTURE, reasoning_q=str, reasoning_a=str,
                 reasoning_a_type=INTEGER)  # fmt: skip
MMBENCH = schema(index=INTEGER, question=str, hint=str, answer=str, A=str, B=str, C=str, D=str,
                 category=str, image=PICTURE, source=str, comment=str, split=str)  # fmt: skip


def vista(shade: int, question_type: str, answer_type: str, answer: str, **more: Any) -> dict[str, Any]:
    row = {"decoded_image": colour(shade), "query": f"Hint: …\nQuestion: Q{shade}", "image": "images/1.jpg"}
    return row | {"question_type": question_type, "answer_type": answer_type, "answer": answer} | more


def bench(shade: int, index: int, answer: str, *options: str, hint: str | None = "nan") -> dict[str, Any]:
    row = {"image": colour(shade), "index": index, "answer": answer, "question": f"Q{shade}", "hint": hint}
    return row | dict(zip("ABCD", [*options, "nan", None], strict=False))


TEN = str(["2", "4", "<image 2>", "8", "10", "12", "14", "16", "18", "20"])
Case = tuple[dict[str, Any], list[str], str, list[int]]
"""A row, right replies, a wrong one, and the reds of the pictures in order."""

CASES: dict[str, tuple[datasets.Features, list[Case]]] = {
    "mathvista": (VISTA, [
        (vista(1, "multi_choice", "text", "145°", choices=["135°", "145°"]), ["So (B).\nAnswer: B", "145°"], "A", [1]),
        (vista(2, "free_form", "integer", "1000", unit="g"), ["Answer: 1,000 g", r"\boxed{1000}"], "Answer: 100", [2]),
        (vista(3, "free_form", "float", "1.2", precision=1.0), ["Answer: 1.23 m", "1.2"], "Answer: 1.26", [3]),
        (vista(22, "multi_choice", "text", "0.5", choices=["3", "1/2"]), ["Answer: B"], "Answer: A", [22]),
        (vista(23, "multi_choice", "text", "no", choices=["yes"]), ["Answer: No"], "Answer: A", [23]),
        (vista(4, "free_form", "list", "[1, 2.5]"), ["Answer: [1, 2.50]"], "Answer: [2.5, 1]", [4]),
    ]),
    "mathverse": (VERSE, [
        ({"image": colour(5), "question": "", "query_cot": "See the picture.", "question_type": "multi-choice",
          "question_for_eval": "Find x.\nChoices:\nA:50°\nB:40°", "answer": "B"}, ["Answer: B", "40°"], "50°", [5]),
        ({"image": colour(6), "question": "Q", "query_cot": "Q", "question_type": "free-form", "answer": r"3\sqrt{2}"},
         [r"Answer: $3 \sqrt{2}$ cm", "The answer is 4.243."], "Answer: 4.2", [6]),
    ]),
    "mathvision": (VISION, [
        ({"decoded_image": colour(7), "question": "Which? <image1>", "options": list("ABCDE"), "answer": "E"},
         ["Answer: (E)"], "Answer: D", [7]),
        ({"decoded_image": colour(8), "question": "Sum?\n<image1>", "options": ["$3$", "$5$"], "answer": "A"},
         ["Answer: 3", "Answer: A"], "Answer: 5", [8]),
        ({"decoded_image": colour(9), "question": "Share?", "options": [], "answer": r"\frac{1}{3}"},
         ["Answer: 1/3", r"\boxed{\frac13}"], "Answer: 1/4", [9]),
    ]),
    "mmmu": (MMMU, [
        ({"question": "See <image 2>, then <image 1>, then <image 2>.", "options": "['red', 'blue']", "answer": "B",
          "question_type": "multiple-choice", "image_1": colour(11), "image_2": colour(12)},
         ["Answer: blue"], "Answer: A", [12, 11]),
        ({"question": "How many? <image 1>", "options": "[]", "answer": "['8', 'eight']", "question_type": "open",
          "image_1": colour(13)}, ["Answer: 8", "Answer: Eight"], "Answer: 9", [13]),
    ]),
    "mmmu_pro": (PRO, [
        ({"question": "Pick as in <image 1>.", "options": TEN, "answer": "C", "image_1": colour(14),
          "image_2": colour(15), "image_3": colour(16)}, ["Answer: C"], "Answer: J", [16, 14, 15]),
    ]),
    "mmmu_pro_vision": (PRO_VISION, [
        ({"image": colour(0), "options": "['red', 'blue', 'pink']", "answer": "C"}, ["Answer: pink"], "Answer: A", [0]),
    ]),
    "charxiv": (CHARXIV, [
        ({"image": colour(17), "reasoning_q": "Which line?", "reasoning_a": "η = 0.1333", "reasoning_a_type": 1},
         [r"Answer: $\eta=0.1333$"], "Answer: η = 0.2", [17]),
        ({"image": colour(21), "reasoning_q": "Which method?", "reasoning_a": "LH2 C.B. Ext.", "reasoning_a_type": 1},
         ["It is second.\nAnswer: LH2 C.B. Ext."], "Answer: LH2", [21]),
        ({"image": colour(18), "reasoning_q": "How much less?", "reasoning_a": "9.17", "reasoning_a_type": 4},
         ["Answer: 9.17", "The answer is 9.171."], "Answer: 9.2", [18]),
    ]),
    "mmbench": (MMBENCH, [
        (bench(19, 241, "A", "cat", "dog", hint="Look closely."), ["Answer: A", "Answer: cat"], "Answer: B", [19]),
        (bench(19, 1000241, "B", "dog", "cat"), ["Answer: B"], "Answer: dog", [19]),
        (bench(20, 242, "C", "cat", "dog", "None"), ["Answer: C"], "Answer: A", [20]),
    ]),
}  # fmt: skip
TASKS = [f"gameqa_transfer_{name}" for name in CASES]


@pytest.fixture(autouse=True)
def offline(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No test may reach the network."""

    def refuse(*args: Any) -> None:
        raise AssertionError(f"reached for the network: {args[1:]}")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    yield


class Replay(LM):
    """Says what it is told to, and keeps what it was shown."""

    MULTIMODAL = True

    def __init__(self, say: Callable[[Mapping[str, Any]], str]) -> None:
        super().__init__()
        self.say, self.shown = say, []

    def generate_until(self, requests: list[Any], disable_tqdm: bool = False) -> list[str]:
        for request in requests:
            text, settings, shown = request.args
            self.shown.append((request.task_name, text, settings, shown["visual"]))
        return [self.say(request.doc) for request in requests]

    loglikelihood = loglikelihood_rolling = generate_until  # type: ignore[assignment]


@pytest.fixture(scope="module")
def manager(tmp_path_factory: pytest.TempPathFactory) -> TaskManager:
    """The pack with the rows above in the place of the public data."""
    folder = tmp_path_factory.mktemp("transfer")
    for name, (features, cases) in CASES.items():
        rows = [{column: row.get(column) for column in features} for row, *_ in cases]
        data = datasets.Dataset.from_list(rows, features=features)
        if name == "mmmu":
            configs = [f"- config_name: {n}\n  data_files: [{{split: validation, path: {n}.parquet}}]" for n in "XY"]
            (folder / "mmmu").mkdir()
            (folder / "mmmu" / "README.md").write_text("---\nconfigs:\n" + "\n".join(configs) + "\n---\n")
            for place, subject in enumerate("XY"):
                data.select([place]).to_parquet(folder / "mmmu" / f"{subject}.parquet")
            settings = {"dataset_kwargs": {"path": str(folder / "mmmu"), "split": "validation", "subjects": ["X", "Y"]}}
        else:
            data.to_parquet(folder / f"{name}.parquet")
            split = {"mathvista": "testmini", "mathverse": "testmini", "charxiv": "validation", "mmbench": "dev"}
            files = {split.get(name, "test"): str(folder / f"{name}.parquet")}
            settings = {"dataset_path": "parquet", "dataset_name": None, "dataset_kwargs": {"data_files": files}}
        settings |= {"include": str(PACK / f"{name}.yaml"), "task": f"gameqa_transfer_{name}"}
        (folder / f"{name}.yaml").write_text(json.dumps(settings))
    return TaskManager(include_path=[PACK, folder], include_defaults=False)


def run(manager: TaskManager, say: Callable[[Mapping[str, Any]], str]) -> tuple[dict[str, Any], Replay]:
    model = Replay(say)
    found = simple_evaluate(
        model=model, tasks=["gameqa_transfer"], task_manager=manager, bootstrap_iters=0, log_samples=False
    )
    assert found
    return found["results"], model


def case(doc: Mapping[str, Any]) -> Case:
    """The case of a row, found again by its cells other than pictures."""
    for _, cases in CASES.values():
        for found in cases:
            cells = {key: cell for key, cell in found[0].items() if not isinstance(cell, Image.Image)}
            if all(key in doc and doc[key] == cell for key, cell in cells.items()):
                return found
    raise LookupError(doc)


@pytest.fixture(scope="module")
def right(manager: TaskManager) -> tuple[dict[str, Any], Replay]:
    return run(manager, lambda doc: case(doc)[1][0])


def test_right_replies_score_one(right: tuple[dict[str, Any], Replay]) -> None:
    results, _ = right
    assert {name: results[name]["acc,none"] for name in results} == dict.fromkeys([*TASKS, "gameqa_transfer"], 1.0)
    assert results["gameqa_transfer_mmbench"]["circular_acc,none"] == 1.0


def test_pictures_arrive_in_number_and_order(right: tuple[dict[str, Any], Replay]) -> None:
    shown = iter(right[1].shown)
    expected = [(f"gameqa_transfer_{name}", reds) for name, (_, cases) in CASES.items() for *_, reds in cases]
    by_task = sorted(shown, key=lambda item: TASKS.index(item[0]))
    assert [
        (name, [picture.getpixel((0, 0))[0] for picture in pictures]) for name, _, _, pictures in by_task
    ] == expected
    for _, text, settings, pictures in by_task:
        assert text.count("<image>") == len(pictures)
        assert "<image " not in text and "<image1>" not in text and "nan" not in text
        assert settings == {"until": [], "do_sample": False, "temperature": 0.0, "max_gen_toks": 2048}


@pytest.mark.parametrize(
    ("say", "unparsable"),
    [
        pytest.param(lambda doc: case(doc)[2], 0, id="wrong"),
        pytest.param(lambda doc: "A B C D E", None, id="letters"),
        pytest.param(lambda doc: "Answer: A, B, C or D", None, id="or"),
        pytest.param(lambda doc: "", 1, id="nothing"),
    ],
)
def test_other_replies_score_nothing(manager: TaskManager, say: Callable[..., str], unparsable: int | None) -> None:
    results, _ = run(manager, say)
    for name in [*TASKS, "gameqa_transfer"]:
        assert results[name]["acc,none"] == 0, name
        assert unparsable in (None, results[name]["unparsable,none"]), name


def test_the_group_is_the_mean_of_the_benchmarks_and_circular_wants_every_rotation(manager: TaskManager) -> None:
    results, _ = run(manager, lambda doc: "Answer: A" if "hint" in doc else "none")
    assert results["gameqa_transfer_mmbench"]["acc,none"] == pytest.approx(1 / 3)
    assert results["gameqa_transfer_mmbench"]["circular_acc,none"] == 0
    assert results["gameqa_transfer"]["acc,none"] == pytest.approx(1 / 3 / len(TASKS))


MODULES = {"mmmu_pro": "mmmu", "mmmu_pro_vision": "mmmu_vision"}
ROWS = [(name, found) for name, (_, cases) in CASES.items() for found in cases]


@pytest.mark.parametrize(("name", "found"), ROWS, ids=[f"{name}-{place}" for place, (name, _) in enumerate(ROWS)])
def test_every_right_reply_counts(name: str, found: Case) -> None:
    module = importlib.import_module(f"{transfer.__name__}.{MODULES.get(name, name)}")
    row, replies, wrong, _ = found
    doc = {column: row.get(column) for column in CASES[name][0]}
    for reply in replies:
        assert rules.graded(reply, module.question(doc)) == (True, True), reply
        assert rules.graded(f"<think>{wrong}</think>{reply}", module.question(doc)) == (True, True), reply
    assert not rules.graded(module.prompt(doc), module.question(doc))[0]


def test_every_task_reads_the_data_that_its_page_names() -> None:
    index = TaskManager(include_path=[PACK], include_defaults=False)
    assert index.all_groups == ["gameqa_transfer"]
    assert set(index.all_subtasks) == {*TASKS, "gameqa_transfer_mathvision_testmini"}
    from lm_eval.tasks.mmmu import __path__ as folder

    subjects = {path.stem.removeprefix("mmmu_") for path in Path(folder[0]).glob("mmmu_*.yaml")}
    entry = index.task_index["gameqa_transfer_mmmu"].cfg
    assert entry and {subject.lower() for subject in entry["dataset_kwargs"]["subjects"]} == subjects


def test_the_prompt_lists_options_that_are_words_and_asks_for_the_kind_of_answer(right: tuple[Any, Replay]) -> None:
    texts = {name: [text for task, text, *_ in right[1].shown if task.endswith(name)] for name in CASES}
    assert sorted("Options:" in text for text in texts["mathvision"]) == [False, False, True]
    forms = [text.rpartition("Answer: ")[2] for text in texts["charxiv"]]
    assert sorted(forms) == ['<answer>".', '<answer>".', '<number>".']
    assert any("2 decimal places" in text for text in texts["charxiv"])


def test_a_model_behind_an_api_still_knows_which_picture_is_which(manager: TaskManager) -> None:
    task = manager.load("gameqa_transfer_mmmu")["tasks"]["gameqa_transfer_mmmu"]
    doc = task.eval_docs[0]
    chat = JsonChatStr(json.dumps([{"role": "user", "content": task.doc_to_text(doc)}]))
    request: Any = task.construct_requests(doc, chat, metadata=(task.task_name, 0, 1))
    text = json.loads(request.args[0].prompt)[0]["content"]
    assert "<image" not in text
    lines = [" ".join(line.split()) for line in text.splitlines()]
    assert lines[:3] == ["See (picture 1), then (picture 2), then (picture 1).", "A. red", "B. blue"]


# --- Rules ----------------------------------------------------------------------------------------


def test_examples_of_the_docstrings() -> None:
    for path in sorted(PACK.glob("[a-z]*.py")):
        failed, _ = doctest.testmod(importlib.import_module(f"{transfer.__name__}.{path.stem}"))
        assert not failed, path.name


def expressions() -> st.SearchStrategy[tuple[str, float]]:
    """LaTeX and its value, reckoned apart from the code under test."""
    leaf = st.integers(1, 99).map(lambda n: (str(n), float(n))) | st.just((r"\pi", 3.141592653589793))

    def grow(inner: st.SearchStrategy[tuple[str, float]]) -> st.SearchStrategy[tuple[str, float]]:
        return st.one_of(
            st.tuples(inner, inner).map(lambda two: (rf"\frac{{{two[0][0]}}}{{{two[1][0]}}}", two[0][1] / two[1][1])),
            st.tuples(inner, inner).map(lambda two: (f"({two[0][0]}+{two[1][0]})", two[0][1] + two[1][1])),
            st.tuples(inner, inner).map(lambda two: (rf"{{{two[0][0]}}} \cdot {two[1][0]}", two[0][1] * two[1][1])),
            inner.map(lambda one: (rf"\sqrt{{{one[0]}}}", one[1] ** 0.5)),
        )

    return st.recursive(leaf, grow, max_leaves=5)


@given(expressions(), st.sampled_from(["", " cm", r"^\circ", r"\%", r" \text{ square units}", " m/s^2"]))
def test_the_value_of_an_expression(expression: tuple[str, float], unit: str) -> None:
    text, value = expression
    assert rules.value(f"${text}{unit}$") == pytest.approx(value)
    assert rules.value(f"-{text} + x") is None


@given(st.decimals(-(10**6), 10**6, places=2), st.integers(-30, 30))
def test_a_decimal_allows_half_a_unit_of_its_last_place(expected: Decimal, thousandths: int) -> None:
    near = expected + thousandths * Decimal("0.001")
    assert rules.equal(f"{near} cm", str(expected)) == (abs(thousandths) <= 5)


@given(st.lists(st.integers(-999, 999), min_size=2, max_size=5), st.randoms())
def test_a_list_is_compared_item_by_item(items: list[int], chance: random.Random) -> None:
    other = chance.sample(items, len(items))
    assert rules.equal(str([float(item) for item in items]), str(items))
    assert rules.equal(str(other), str(items)) == (other == items)


@given(st.text(max_size=300))
def test_no_text_breaks_the_rules(text: str) -> None:
    question = rules.Question("<image>\nQ", [], AnswerKind.TEXT, ("zebra crossing",))
    assert rules.value(text) is None or isinstance(rules.value(text), float)
    assert not rules.graded(text, question)[0]


@pytest.mark.parametrize(
    ("given_", "expected", "same"),
    [
        ("Subplot (c)", "(c)", True),
        ("Joint CNN", "Joint-CNN", True),
        ("MomentumLSTM and SRLSTM", "MomentumLSTM, SRLSTM", True),
        ("-5", "5", False),
        ("5 million", "5", False),
        ("y = 5", "x = 5", False),
        ("5", "x = 5", True),
        ("2x", "2", False),
        ("40,000 m", "40000", True),
        ("1,000", "1", False),
        ("[1,000, 2]", "[1000, 2]", True),
        ("[1, 2]", "[1, 2, 3]", False),
        ("9^9^9^9", "9", False),
        ("1000001", "1000000", False),
        ("0.3", r"\frac{1}{3}", False),
        ("0.33", r"\frac{1}{3}", True),
    ],
)
def test_free_answers(given_: str, expected: str, same: bool) -> None:
    assert rules.equal(given_, expected) is same


@given(st.permutations([1, 2, 3]), st.sets(st.integers(1, 3)))
def test_every_picture_of_a_row_is_sent_once(order: list[int], named: set[int]) -> None:
    doc = {f"image_{number}": number for number in (1, 2, 3)}
    told = [number for number in order if number in named]
    text, pictures = mmmu.interleaved(" ".join(f"<image {number}>" for number in [*told, *told]), doc)
    assert pictures == [number for number in (1, 2, 3) if number not in named] + told
    assert text.count("<image>") == 3 and "<image " not in text
