"""Recipes: what they say, what may stand in them, and what is answered to a slip."""

from pathlib import Path

import pytest
from gameqa.train.recipes import read_recipe, recipe_names

from gameqa.core.errors import UsageError

pytestmark = pytest.mark.slow  # needs torch and TRL, which take long to be imported

pytest.importorskip("trl")
pytest.importorskip("peft")

PAPER = ("qwen2_5_vl_7b", "internvl2_5_8b", "internvl3_8b", "llava_onevision_7b", "qwen3_vl_8b")


def test_all_recipes_that_were_promised_exist() -> None:
    promised = {"tiny-cpu", "tiny-sft", "qwen2_5_vl_3b_lora", *PAPER, *(f"{name}-modern" for name in PAPER)}
    assert promised <= {*recipe_names()}
    assert not any(name.startswith("_") for name in recipe_names())


@pytest.mark.parametrize("name", recipe_names())
def test_every_recipe_is_accepted_by_the_real_trainer_config(name: str, tmp_path: Path) -> None:
    from trl import GRPOConfig, SFTConfig

    recipe = read_recipe(name)
    assert recipe.name == name
    assert recipe.about.endswith(".")
    on_cpu = {"use_cpu": True, "bf16": False, "report_to": "none", "output_dir": str(tmp_path)}
    # one process cannot hold the batch of eight; how it is spread is worked out elsewhere
    spread = {"gradient_accumulation_steps": recipe.training.get("num_generations", 1)}
    made = (GRPOConfig if recipe.method == "grpo" else SFTConfig)(**{**recipe.training, **spread, **on_cpu})
    assert made.learning_rate == recipe.training["learning_rate"]


@pytest.mark.parametrize("name", PAPER)
def test_the_setting_of_the_paper(name: str) -> None:
    recipe = read_recipe(name)
    training = recipe.training
    assert recipe.method == "grpo"
    assert recipe.model.lora is None
    assert recipe.model.freeze_vision
    assert recipe.model.dtype == "bfloat16"
    assert recipe.data.source == "gameqa-5k"
    assert recipe.data.max_pixels == 1_003_520
    assert recipe.batch_prompts == 2
    expected = {
        "learning_rate": 5e-7,
        "lr_scheduler_type": "constant_with_warmup",
        "warmup_steps": 0.05,
        "num_train_epochs": 1,
        "num_generations": 12,
        "temperature": 1.0,
        "top_p": 0.85,
        "top_k": 50,
        "max_completion_length": 2048,
        "beta": 0.04,
        "epsilon": 0.2,
        "num_iterations": 1,
        "bf16": True,
    }
    assert {key: training[key] for key in expected} == expected


@pytest.mark.parametrize("name", PAPER)
def test_the_modern_flavour_changes_the_loss_not_the_model(name: str) -> None:
    paper, modern = read_recipe(name), read_recipe(f"{name}-modern")
    assert modern.model == paper.model
    assert modern.training["loss_type"] == "dapo"
    assert modern.training["beta"] == 0
    assert modern.batch_prompts is not None
    assert modern.batch_prompts > 2


def test_overrides_reach_training_by_bare_keys_and_sections_by_dotted_ones() -> None:
    given = ["learning_rate=1e-6", "data.games=[maze, snake]", "data.curriculum.low=0.3"]
    recipe = read_recipe("tiny-cpu", given)
    assert recipe.training["learning_rate"] == 1e-6
    assert recipe.data.games == ["maze", "snake"]
    assert recipe.data.curriculum is not None
    assert (recipe.data.curriculum.low, recipe.data.curriculum.window) == (0.3, 16)
    assert recipe.training["max_steps"] == 3, "what is not overridden stays"
    assert read_recipe("tiny-cpu", ["batch_prompts=4"]).batch_prompts == 4
    assert read_recipe("tiny-cpu", ["data.curriculum=null"]).data.curriculum is None
    assert read_recipe("tiny-cpu", ["output_dir=a=b"]).training["output_dir"] == "a=b"


def test_a_file_may_extend_named_recipes_and_the_last_word_wins(tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.write_text("extends: [tiny-cpu, _modern]\ntraining: {use_vllm: false}\ndata: {games: maze}\n")
    recipe = read_recipe(own)
    assert recipe.name == "own"
    assert recipe.model.name == "tiny"
    assert recipe.training["loss_type"] == "dapo"
    assert recipe.training["use_vllm"] is False
    assert recipe.data.games == "maze"


@pytest.mark.parametrize(
    ("override", "key", "nearest"),
    [
        ("learning_rat=1", "learning_rat", "learning_rate"),
        ("training.num_generation=4", "num_generation", "num_generations"),
        ("data.gmes=all", "gmes", "games"),
        ("data.curriculum.hihg=1", "hihg", "high"),
        ("model.lora.lora_alfa=1", "lora_alfa", "lora_alpha"),
        ("rewards.acuracy=1", "acuracy", "accuracy"),
        ("reward.format=1", "reward", "rewards"),
        ("max_pixels=1", "max_pixels", "data.max_pixels"),
    ],
)
def test_an_unknown_key_is_answered_with_the_nearest(override: str, key: str, nearest: str) -> None:
    with pytest.raises(UsageError) as error:
        read_recipe("tiny-cpu", [override])
    assert repr(key) in str(error.value)
    assert str(error.value).endswith(f"the nearest right key is {nearest!r}")


@pytest.mark.parametrize(
    ("override", "word"),
    [
        ("learning_rate=fast", "learning_rate"),
        ("num_generations=1.5", "num_generations"),
        ("data.view=sound", "sound"),
        ("model=tiny", "model"),
        ("training=1", "training"),
        ("learning_rate", "key=value"),
        ("=1", "key=value"),
        ("data.games=[a", "YAML"),
    ],
)
def test_a_wrong_value_is_one_sentence_that_names_it(override: str, word: str) -> None:
    with pytest.raises(UsageError) as error:
        read_recipe("tiny-cpu", [override])
    assert word in str(error.value)
    assert "\n" not in str(error.value)


def test_sft_takes_the_fields_of_its_own_config_only() -> None:
    with pytest.raises(UsageError, match="num_generations"):
        read_recipe("tiny-sft", ["num_generations=4"])


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("- a list", "no recipe"),
        ("about: [", "no YAML"),
        ("extends: nothing", "unknown recipe 'nothing'"),
        ("extends: FILE", "extends itself"),
        ("about: no model", "model"),
        ("modle: {name: tiny}", "'model'"),
    ],
)
def test_files_that_are_no_recipes(content: str, words: str, tmp_path: Path) -> None:
    file = tmp_path / "own.yaml"
    file.write_text(content.replace("FILE", str(file)))
    with pytest.raises(UsageError) as error:
        read_recipe(str(file))
    assert words in str(error.value)


def test_a_name_that_does_not_exist_is_answered_with_those_that_do(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="tiny-cpu"):
        read_recipe("huge-cpu")
    with pytest.raises(UsageError, match="cannot be read"):
        read_recipe(tmp_path / "missing.yaml")
