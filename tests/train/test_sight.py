"""The check of a model's eyes: it tells a model that sees from a blind one, and counts right answers."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from gameqa.train.sight import SightReport, check_sight, perception_rows, refuse, text

from gameqa.core.errors import GameQAError, UsageError

pytestmark = pytest.mark.slow  # needs torch and TRL, which take long to be imported

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")
pytest.importorskip("PIL")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from gameqa.train.tiny import make

    texts = ["Answer: A", "Answer: B", "Answer: C", "Answer: D", "Which one?"]
    return make(tmp_path_factory.mktemp("tiny"), hidden=64, layers=1, image_size=28, words=300, texts=texts)


@pytest.fixture
def processor(folder: Path) -> Any:
    return transformers.AutoProcessor.from_pretrained(folder)


@pytest.fixture
def model(folder: Path) -> Any:
    return transformers.AutoModelForImageTextToText.from_pretrained(folder).train()


@pytest.fixture(scope="module")
def rows() -> list[dict[str, Any]]:
    """Three questions, told in few words of different length, so that a batch is padded."""
    found = perception_rows(3)
    return [{**row, "question": "Which one?" * place} for place, row in enumerate(found, 1)]


def look(model: Any, processor: Any, rows: Any, **options: Any) -> SightReport:
    return check_sight(model, processor, rows, max_new_tokens=3, **options)


# --- The questions --------------------------------------------------------------------------------


def test_questions_are_easy_perception_of_many_games_outside_training() -> None:
    rows = perception_rows(24)
    assert len({row["data_id"] for row in rows}) == 24
    assert len({row["game_name"] for row in rows}) > 15
    for row in rows:
        assert (row["qa_type"], row["qa_level"], row["plot_level"]) == ("Target Perception", "Easy", "Easy")
        assert row["split"] == "validation" and len(row["options"]) >= 4
        assert row["image"].mode == "RGB"
    assert perception_rows(3) == rows[:3]
    assert perception_rows(3, seed=1) != rows[:3]


@pytest.mark.parametrize("broken", [[], ["one"], ["text", "text"], ["bare", "bare"]])
def test_rows_that_cannot_be_checked_with_are_refused(rows: list[dict[str, Any]], broken: list[str]) -> None:
    forms = {"one": rows[0], "text": {**rows[0], "options": []}, "bare": {**rows[0], "image": None}}
    with pytest.raises(UsageError, match=r"at least 2 questions|is no choice question with a PIL image"):
        check_sight(None, None, [forms[name] for name in broken])


# --- Models ---------------------------------------------------------------------------------------


def test_a_model_with_eyes_passes_and_is_left_as_it_was(model: Any, processor: Any, rows: list[dict[str, Any]]) -> None:
    side, state = processor.tokenizer.padding_side, torch.get_rng_state()
    found = look(model, processor, rows, batch=2)
    assert found.image_tokens == 4  # 28 pixels in patches of 14
    assert found.changed == found.questions == 3 and found.difference > 0 and not found.blind
    refuse(found)
    assert model.training and processor.tokenizer.padding_side == side
    assert all(parameter.grad is None for parameter in model.parameters())
    assert torch.equal(torch.get_rng_state(), state)
    alone = look(model, processor, rows, batch=1)
    assert alone.difference == pytest.approx(found.difference, rel=1e-3) and alone.right == found.right


def test_a_model_whose_projector_is_dead_is_refused(model: Any, processor: Any, rows: list[dict[str, Any]]) -> None:
    with torch.no_grad():
        for parameter in model.model.multi_modal_projector.parameters():
            parameter.zero_()
    found = look(model, processor, rows)
    assert (found.image_tokens, found.changed, found.difference, found.blind) == (4, 0, 0.0, True)
    with pytest.raises(GameQAError, match=r"the same for three different pictures in all 3 prompts.*check\.sight"):
        refuse(found)


def test_a_model_that_drops_its_pixels_is_refused(model: Any, processor: Any, rows: list[dict[str, Any]]) -> None:
    forward = model.forward

    def blinded(*arguments: Any, pixel_values: Any = None, **options: Any) -> Any:
        return forward(*arguments, pixel_values=None if pixel_values is None else 0 * pixel_values, **options)

    model.forward = blinded
    with pytest.raises(GameQAError, match="does not see"):
        refuse(look(model, processor, rows))


def test_prompts_without_image_tokens_are_refused(
    model: Any, processor: Any, rows: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    render = processor.apply_chat_template

    def without(prompts: Any, **options: Any) -> Any:
        for prompt in prompts:
            prompt[-1]["content"] = [part for part in prompt[-1]["content"] if part["type"] == "text"]
        return render(prompts, **options)

    monkeypatch.setattr(processor, "apply_chat_template", without)
    found = look(model, processor, rows)
    assert found.image_tokens == 0 and found.blind
    assert "pictures do not reach the model" in text(found)
    with pytest.raises(GameQAError, match="no image tokens"):
        refuse(found)


def test_a_chat_template_that_drops_pictures_is_told_of(model: Any, processor: Any, rows: list[dict[str, Any]]) -> None:
    processor.chat_template = processor.chat_template.replace("<image>", "")
    with pytest.raises(GameQAError, match="LlavaProcessor cannot make prompts with pictures"):
        look(model, processor, rows)


def test_the_system_message_and_the_bound_on_pixels_count(
    model: Any, processor: Any, rows: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    prompts: list[Any] = []
    render = processor.apply_chat_template

    def spied(conversations: Any, **options: Any) -> Any:
        prompts.extend(conversations)
        return render(conversations, **options)

    monkeypatch.setattr(processor, "apply_chat_template", spied)
    look(model, processor, rows, system="Look well.", max_pixels=10_000)
    pictures = [part["image"] for prompt in prompts for part in prompt[-1]["content"] if part["type"] == "image"]
    assert len(prompts) == 12 and len(pictures) == 9
    assert all(prompt[0]["content"][0]["text"] == "Look well." for prompt in prompts)
    assert all(picture.width * picture.height <= 10_000 for picture in pictures)
    for right, wrong, blank in zip(pictures[:3], pictures[3:6], pictures[6:], strict=True):
        assert right.size == wrong.size == blank.size and right.tobytes() != wrong.tobytes()


class Knowing:
    """A model that knows the answers of some pictures by heart; others, and no picture, make it say A."""

    training, device, dtype = False, "cpu", torch.float32

    def __init__(self, processor: Any, answers: dict[bytes, str]) -> None:
        self.config = SimpleNamespace(image_token_id=processor.image_token_id)
        self.processor, self.answers = processor, answers

    def eval(self) -> None: ...

    def train(self, mode: bool) -> None: ...

    def generate(self, input_ids: Any, pixel_values: Any = None, output_logits: bool = False, **_: Any) -> Any:
        if output_logits:
            return SimpleNamespace(logits=[pixel_values.flatten(1)])
        seen = [b""] * len(input_ids) if pixel_values is None else map(pixels, pixel_values)
        said = [f"Answer: {self.answers.get(one, 'A')}" for one in seen]
        return torch.cat([input_ids, torch.tensor(self.processor.tokenizer(said, padding=True)["input_ids"])], dim=1)


def pixels(picture: Any) -> bytes:
    return picture.numpy().tobytes()


def test_right_answers_are_counted_with_without_and_with_a_wrong_picture(processor: Any) -> None:
    rows = [{**row, "question": "Which one?"} for row in perception_rows(12)]
    shown = processor.image_processor([row["image"] for row in rows], return_tensors="pt")["pixel_values"]
    answers = {pixels(picture): row["answer"] for picture, row in zip(shown, rows, strict=True)}
    found = check_sight(Knowing(processor, answers), processor, rows, batch=5)
    guessed = sum(row["answer"] == "A" for row in rows)
    assert 0 < guessed < 12
    assert found.right[:2] == (12, guessed) and found.right[2] < 12
    assert found.chance == pytest.approx(sum(1 / len(row["options"]) for row in rows))
    assert f"12 with the picture, {guessed} without it, {found.right[2]} with a wrong one" in text(found)
