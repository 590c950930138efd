"""Plans: batch, steps and memory worked out by hand; accelerate configs; what is refused before anything starts."""

import subprocess
import sys
from importlib.metadata import PackageNotFoundError
from itertools import pairwise
from math import gcd
from pathlib import Path
from typing import Any

import gameqa.train.plan as planning
import pytest
from gameqa.train import loading, tiny
from gameqa.train.plan import accelerate_configs, effective, plan, read_spread, text
from gameqa.train.recipes import read_recipe
from gameqa.train.settings import Model, Recipe
from hypothesis import given
from hypothesis import strategies as st

from gameqa.core.errors import GameQAError, MissingExtra, UsageError

pytestmark = pytest.mark.slow  # needs torch and TRL, which take long to be imported

pytest.importorskip("trl")
pytest.importorskip("peft")

SLURM = Path(planning.__file__).parent / "slurm"


def recipe(name: str = "tiny-cpu", **training: Any) -> Recipe:
    """Return a recipe with fields of training put over it."""
    return read_recipe(name, [f"{key}={value}" for key, value in training.items()])


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny model, quicker to make than the one of the recipes."""
    return tiny.make(tmp_path_factory.mktemp("model"), hidden=64, layers=1, words=300, texts=["Answer: A"])


# --- Batch ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("processes", "accumulation"), [(1, 8), (2, 4), (4, 2), (8, 1)])
def test_the_batch_of_the_paper_is_the_same_on_any_number_of_gpus(processes: int, accumulation: int) -> None:
    batch = effective(read_recipe("qwen2_5_vl_7b"), processes)
    assert (batch.per_device, batch.accumulation) == (3, accumulation)
    assert (batch.completions, batch.prompts, batch.generated) == (24, 2, 24)


def test_what_is_not_divisible_names_the_nearest_numbers_that_are() -> None:
    with pytest.raises(UsageError) as error:
        effective(read_recipe("qwen2_5_vl_7b"), 5)
    assert "the nearest numbers of processes that work are 4 and 8, or set batch_prompts to 5" in str(error.value)


@given(st.integers(1, 40), st.integers(1, 12), st.integers(2, 16), st.integers(1, 40))
def test_every_batch_is_whole_or_refused(processes: int, per_device: int, generations: int, prompts: int) -> None:
    given = Recipe(
        name="own",
        batch_prompts=prompts,
        model=Model(name="tiny"),
        training={"per_device_train_batch_size": per_device, "num_generations": generations},
    )
    try:
        batch = effective(given, processes)
    except UsageError as error:
        assert prompts * generations % (processes * per_device)
        advised = [int(word) for word in str(error).rpartition("batch_prompts to ")[2].split(" and ")]
        assert all(number * generations % (processes * per_device) == 0 for number in advised)
        assert advised[-1] - prompts <= processes * per_device // gcd(processes * per_device, generations)
    else:
        assert batch.completions == prompts * generations == processes * per_device * batch.accumulation
        assert batch.prompts == prompts


def test_without_batch_prompts_the_batch_follows_from_training_as_in_trl(tmp_path: Path) -> None:
    from trl import GRPOConfig

    fields = {"per_device_train_batch_size": 4, "gradient_accumulation_steps": 6, "num_generations": 8}
    given = Recipe(name="own", model=Model(name="tiny"), training=fields)
    real = GRPOConfig(output_dir=str(tmp_path), use_cpu=True, bf16=False, report_to="none", **fields)
    assert effective(given, 1).generated == real.generation_batch_size == 24
    uneven = Recipe(name="own", model=Model(name="tiny"), training={**fields, "gradient_accumulation_steps": 3})
    with pytest.raises(UsageError, match="gradient_accumulation_steps that work are 2 and 4"):
        effective(uneven, 1)
    with pytest.raises(UsageError, match="nearest that work are 8 and 16"):
        effective(Recipe(name="own", model=Model(name="tiny"), training={**fields, "generation_batch_size": 12}), 1)


@pytest.mark.parametrize(("key", "value"), [("num_generations", 1), ("per_device_train_batch_size", 0)])
def test_numbers_that_make_no_batch(key: str, value: int) -> None:
    with pytest.raises(UsageError, match=key):
        effective(recipe(**{key: value}), 1)


def test_the_defaults_of_a_plan_are_those_of_trl(tmp_path: Path) -> None:
    from trl import GRPOConfig

    real = GRPOConfig(output_dir=str(tmp_path), use_cpu=True, bf16=False, report_to="none")
    assert {key: getattr(real, key) for key in planning._DEFAULTS} == planning._DEFAULTS


def test_steps() -> None:
    paper = effective(read_recipe("qwen2_5_vl_7b"), 8)
    assert paper.steps(5000) == 2500
    assert paper.steps(5001) == 2500, "the sampler leaves out what fills no round"
    assert paper.steps(5000, iterations=2) == 5000
    assert effective(read_recipe("tiny-sft"), 1).steps(9) == 3, "of 4, 4 and 1 examples"


def test_steps_are_those_that_the_trainer_really_takes(small: Path, tmp_path: Path) -> None:
    from datasets import Dataset
    from trl import GRPOConfig, GRPOTrainer

    given = read_recipe("tiny-cpu", ["max_steps=-1", "num_train_epochs=1", f"model.name={small}"])
    made = plan(given, rows=5)
    trainer = GRPOTrainer(
        loading.load_model(given.model),
        reward_funcs=lambda completions, **_: [float(len(words[0]["content"])) for words in completions],
        args=GRPOConfig(output_dir=str(tmp_path), save_strategy="no", **made.arguments()),
        train_dataset=Dataset.from_list([{"prompt": [{"role": "user", "content": f"question {n}"}]} for n in range(5)]),
        processing_class=loading.load_processor(given.model),
    )
    trainer.train()
    assert trainer.state.global_step == made.steps == made.steps_per_epoch == 2


# --- Accelerate and Slurm -------------------------------------------------------------------------


def test_the_accelerate_configs_say_what_they_are_named_for() -> None:
    found = {name: read_spread(name) for name in accelerate_configs()}
    assert {name: (spread.kind, spread.stage, spread.processes) for name, spread in found.items()} == {
        "single_gpu": ("NO", 0, 1),
        "ddp": ("MULTI_GPU", 0, 8),
        "zero2": ("DEEPSPEED", 2, 8),
        "zero3": ("DEEPSPEED", 3, 8),
        "fsdp2": ("FSDP", 3, 8),
        "multi_node": ("DEEPSPEED", 3, 16),
    }


@pytest.mark.parametrize("name", accelerate_configs())
def test_accelerate_launch_accepts_each_config(name: str) -> None:
    from accelerate.commands.launch import _validate_launch_command, launch_command_parser

    arguments = launch_command_parser().parse_args(["--config_file", str(accelerate_configs()[name]), "train"])
    read, _, _ = _validate_launch_command(arguments)
    assert read.mixed_precision == "bf16"
    assert read.use_fsdp == (name == "fsdp2")
    assert read.use_deepspeed == (name in ("zero2", "zero3", "multi_node"))


def test_without_a_config_the_plan_is_that_of_what_launched_it(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_spread(None)[1:] == ("NO", 0, 1)
    monkeypatch.setenv("WORLD_SIZE", "4")
    assert read_spread(None)[1:] == ("MULTI_GPU", 0, 4)
    monkeypatch.setenv("ACCELERATE_USE_DEEPSPEED", "true")
    monkeypatch.setenv("ACCELERATE_DEEPSPEED_ZERO_STAGE", "3")
    assert read_spread(None)[1:] == ("DEEPSPEED", 3, 4)


@pytest.mark.parametrize(
    ("content", "processes", "words"),
    [
        ("num_processes: 2", None, "distributed_type"),
        ("distributed_type: MULTI_GPU\nnum_proceses: 2", None, "num_proceses"),
        ("distributed_type: SOME", None, "SOME"),
        ("distributed_type: MULTI_GPU", None, "num_processes"),
        ("distributed_type: MULTI_GPU\nnum_machines: 2", 3, "3 processes"),
        ("[", None, "no accelerate config"),
    ],
)
def test_configs_that_accelerate_would_refuse(content: str, processes: int | None, words: str, tmp_path: Path) -> None:
    file = tmp_path / "own.yaml"
    file.write_text(content)
    with pytest.raises(UsageError) as error:
        read_spread(file, processes)
    assert words in str(error.value)
    assert "\n" not in str(error.value)


def test_a_config_that_does_not_exist_is_answered_with_those_that_do(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="zero3"):
        read_spread("zero4")
    with pytest.raises(UsageError, match="does not exist"):
        read_spread(tmp_path / "missing.yaml")


@pytest.mark.parametrize("script", sorted(SLURM.glob("*.sbatch")), ids=lambda path: path.stem)
def test_slurm_scripts_are_bash_and_want_a_recipe(script: Path) -> None:
    subprocess.run(["bash", "-n", script], check=True)
    environment = {"PATH": str(Path(sys.executable).parent), "SLURM_CPUS_PER_TASK": "1"}
    found = subprocess.run(["/bin/bash", script], capture_output=True, text=True, env=environment, check=False)
    assert found.returncode != 0
    assert "name a recipe" in found.stderr


def run_script(name: str, folder: Path, *arguments: str) -> dict[str, list[str]]:
    """Run a Slurm script with stand-ins for all that a cluster has; return the arguments of `vllm` and `accelerate`."""
    stand_ins = {
        "scontrol": "printf 'node%s\\n' 1 2 3",
        "srun": 'while [[ $1 == --* ]]; do shift; done; SLURM_PROCID=1 exec "$@"',
        "vllm": f"printf '%s\\n' \"$@\" > {folder}/part; mv {folder}/part {folder}/vllm.arguments",
        "accelerate": f"printf '%s\\n' \"$@\" > {folder}/accelerate.arguments",
    }
    if name == "server":  # the server is started first, but in the background
        stand_ins["accelerate"] += f"; until [[ -e {folder}/vllm.arguments ]]; do sleep 0.05; done"
    for program, body in stand_ins.items():
        (folder / program).write_text(f"#!/bin/bash\n{body}\n")
        (folder / program).chmod(0o755)
    (folder / "vllm-0.31.0.dist-info").mkdir()
    (folder / "vllm-0.31.0.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: vllm\nVersion: 0.31.0\n")
    slurm = {"CPUS_PER_TASK": "4", "GPUS_ON_NODE": "8", "NNODES": "3", "JOB_NODELIST": "node[1-3]"}
    environment = {
        "PATH": f"{folder}:{Path(sys.executable).parent}:/usr/bin:/bin",
        "PYTHONPATH": str(folder),
        "HF_HUB_OFFLINE": "1",
        **{f"SLURM_{key}": value for key, value in slurm.items()},
    }
    script = ["/bin/bash", str(SLURM / f"{name}.sbatch"), *arguments]
    subprocess.run(script, check=True, env=environment, cwd=folder, timeout=120)
    return {file.stem: file.read_text().splitlines() for file in folder.glob("*.arguments")}


@pytest.mark.slow  # the script reads the recipe in a process of its own, which imports TRL
def test_the_server_script_starts_the_model_of_the_recipe_and_points_the_trainers_to_it(tmp_path: Path) -> None:
    found = run_script("server", tmp_path, "qwen3_vl_8b", "batch_prompts=4")
    assert found["vllm"][:2] == ["serve", "Qwen/Qwen3-VL-8B-Instruct"]
    assert '{"backend": "nccl"}' in found["vllm"]
    assert found["vllm"][-1] == "--enable-scale-out"
    launched = found["accelerate"]
    assert Path(launched[launched.index("--config_file") + 1]) == accelerate_configs()["multi_node"]
    given = dict(pairwise(launched))
    assert (given["--num_processes"], given["--num_machines"], given["--machine_rank"]) == ("16", "2", "1")
    assert given["--main_process_ip"] == "node1"
    own = launched[launched.index("gameqa.train") + 1 :]
    assert own[:2] == ["--recipe", "qwen3_vl_8b"]
    asked = read_recipe(own[1], own[2:])
    assert asked.training["vllm_server_base_url"] == "http://node3:8000"
    assert (asked.training["vllm_mode"], asked.batch_prompts) == ("server", 4)
    assert effective(asked, 16).completions == 48


def test_the_colocate_script_shares_the_gpus_of_one_node(tmp_path: Path) -> None:
    found = run_script("colocate", tmp_path, "internvl3_8b-modern")
    assert "vllm" not in found
    launched = found["accelerate"]
    assert Path(launched[launched.index("--config_file") + 1]) == accelerate_configs()["zero3"]
    own = launched[launched.index("gameqa.train") + 1 :]
    assert read_recipe(own[1], own[2:]).training["vllm_mode"] == "colocate"


# --- Memory ---------------------------------------------------------------------------------------


def qwen(folder: Path, width: int, inner: int, layers: int, heads: int, groups: int, words: int, tied: bool) -> Path:
    """Write the configuration of a Qwen2.5-VL, with the tower that all sizes share."""
    from transformers import Qwen2_5_VLConfig

    language = {
        "hidden_size": width,
        "intermediate_size": inner,
        "num_hidden_layers": layers,
        "num_attention_heads": heads,
        "num_key_value_heads": groups,
        "vocab_size": words,
        "tie_word_embeddings": tied,
    }
    tower = {"out_hidden_size": width, "hidden_size": 1280, "intermediate_size": 3420, "depth": 32}
    Qwen2_5_VLConfig(text_config=language, vision_config=tower, tie_word_embeddings=tied).save_pretrained(folder)
    return folder


def test_memory_of_the_7b_recipe_by_hand(tmp_path: Path) -> None:
    model = qwen(tmp_path, 3584, 18944, 28, 28, 4, 152064, tied=False)
    made = plan(read_recipe("qwen2_5_vl_7b", [f"model.name={model}"]), "zero3", rows=5000)
    assert made.parameters is not None
    assert made.memory is not None
    assert made.parameters.total == 8_292_166_656, "as the checkpoint on the Hub counts"
    trained = made.parameters.trained
    tower = made.parameters.total - trained
    assert 0.6e9 < tower < 0.7e9
    assert made.memory.weights == 2 * made.parameters.total // 8
    assert made.memory.gradients == 2 * trained // 8
    assert made.memory.optimizer == 12 * trained // 8, "fp32 copy and two moments"
    assert made.memory.reference == 2 * made.parameters.total // 8, "the KL term needs a second model"
    assert made.steps == 2500
    told = text(made)
    assert "24 completions a step = 8 (processes) x 3 (at once) x 1 (accumulated)" in told
    assert "8.29 billion parameters" in told
    assert "80 GB (A100, H100) yes" in told
    assert "24 GB (RTX 4090, L4) no" in told


@pytest.mark.parametrize(
    ("config", "weights", "gradients", "optimizer"),
    [("ddp", 2, 2, 4), ("zero2", 2, 2 / 8, 12 / 8), ("zero3", 2 / 8, 2 / 8, 12 / 8), ("fsdp2", 4 / 8, 4 / 8, 8 / 8)],
)
def test_memory_is_shared_out_as_the_config_says(
    config: str, weights: float, gradients: float, optimizer: float, small: Path
) -> None:
    overrides = [f"model.name={small}", "model.freeze_vision=false", "use_vllm=true"]
    made = plan(read_recipe("llava_onevision_7b", overrides), config)
    assert made.parameters is not None
    assert made.memory is not None
    total = made.parameters.total
    assert made.parameters.trained == total
    assert made.memory.weights == int(total * weights)
    assert made.memory.gradients == int(total * gradients)
    assert made.memory.optimizer == int(total * optimizer)
    assert made.memory.vllm == 0.3


def test_lora_trains_the_language_model_only_and_needs_no_second_model(tmp_path: Path) -> None:
    model = qwen(tmp_path, 2048, 11008, 36, 16, 2, 151936, tied=True)
    given = read_recipe("qwen2_5_vl_3b_lora", [f"model.name={model}", "beta=0.04"])
    made = plan(given, "single_gpu")
    assert made.parameters is not None
    assert made.memory is not None
    # rank x (in + out) of each of the seven layers: q, k, v, o, gate, up, down
    a_layer = 32 * (2 * (2048 + 2048) + 2 * (2048 + 256) + 3 * (2048 + 11008))
    assert made.parameters.adapters == made.parameters.trained == 36 * a_layer
    assert made.memory.optimizer == 8 * made.parameters.trained
    assert made.memory.reference == 0
    assert made.memory.fits(24)


def test_what_fits_keeps_a_tenth_free_and_counts_vllm_unless_it_sleeps() -> None:
    held = planning.Memory(10**10, 10**10, 10**10, 0, 4 * 10**10, vllm=0.0, sleeping=False)
    assert held.training == 70 * 10**9
    assert held.fits(80)
    assert not held.fits(77)
    assert not held._replace(vllm=0.3).fits(80)
    assert held._replace(vllm=0.3, sleeping=True).fits(80), "weights and optimizer stay beside it, the rest goes"
    assert not held._replace(vllm=0.7, sleeping=True).fits(80)


def test_a_model_that_cannot_be_read_is_a_note() -> None:
    made = plan(read_recipe("qwen3_vl_8b", ["model.name=nobody/nothing"]), "zero3", rows=5000)
    assert made.parameters is None
    assert any("nobody/nothing" in note for note in made.notes)
    assert "parameters not known" in text(made)


# --- What is refused ------------------------------------------------------------------------------


def test_a_gpu_recipe_without_a_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    with pytest.raises(UsageError, match="needs a GPU and PyTorch sees none"):
        planning.check_machine(read_recipe("qwen2_5_vl_7b"))
    planning.check_machine(read_recipe("tiny-cpu"))
    monkeypatch.setattr("torch.cuda.is_available", lambda: True)
    planning.check_machine(read_recipe("qwen2_5_vl_7b"))


@pytest.mark.parametrize(
    ("installed", "error"),
    [
        (None, MissingExtra),
        ("0.21.9", UsageError),
        ("0.22.0", None),
        ("0.31.0+cu129", None),
        ("0.31.1", UsageError),
        ("0.33.0", UsageError),
    ],
)
def test_vllm_of_a_refused_version(
    installed: str | None, error: type[GameQAError] | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def version(name: str) -> str:
        if installed is None:
            raise PackageNotFoundError(name)
        return installed

    monkeypatch.setattr(planning, "version", version)
    given = recipe(use_vllm="true")
    if error is None:
        planning.check_machine(given)
    else:
        with pytest.raises(error, match="use_vllm=false"):
            planning.check_machine(given)


def test_a_model_without_eyes_is_refused_for_pictures_only(tmp_path: Path) -> None:
    from transformers import LlamaConfig

    sizes = {"hidden_size": 32, "intermediate_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2}
    LlamaConfig(**sizes, vocab_size=99, architectures=["LlamaForCausalLM"]).save_pretrained(tmp_path)
    with pytest.raises(UsageError, match=r"\(LlamaForCausalLM\) is no vision-language model"):
        plan(read_recipe("tiny-cpu", [f"model.name={tmp_path}"]))
    made = plan(read_recipe("tiny-cpu", [f"model.name={tmp_path}", "data.view=text"]))
    assert made.parameters is not None
    assert made.parameters.trained == made.parameters.total


def test_missing_folders_are_one_sentence(tmp_path: Path) -> None:
    missing = Model(name=str(tmp_path / "missing"))
    for load in (loading.load_config, loading.load_processor, loading.load_model):
        with pytest.raises(UsageError, match="missing") as error:
            load(missing)
        assert "\n" not in str(error.value)


# --- Loading --------------------------------------------------------------------------------------


def test_the_model_made_on_the_spot_is_the_same_every_time_and_sees(small: Path, tmp_path: Path) -> None:
    import torch
    from PIL import Image

    before = torch.random.get_rng_state()
    again = tiny.make(tmp_path, hidden=64, layers=1, words=300, texts=["Answer: A"])
    assert torch.equal(torch.random.get_rng_state(), before), "nobody else's random numbers are touched"
    assert (again / "model.safetensors").read_bytes() == (small / "model.safetensors").read_bytes()

    given = Model(name=str(small), dtype="float32")
    model, processor = loading.load_model(given), loading.load_processor(given)
    turns = [{"role": "user", "content": [{"type": "image"}, {"type": "text", "text": "♞ where?"}]}]
    prompt = processor.apply_chat_template(turns, add_generation_prompt=True, tokenize=False)
    assert prompt == "<|im_start|>user\n<image>\n♞ where?<|im_end|>\n<|im_start|>assistant\n"
    logits = []
    for colour in ("red", "blue"):
        inputs = processor(text=prompt, images=[Image.new("RGB", (300, 200), colour)], return_tensors="pt")
        assert int((inputs["input_ids"] == model.config.image_token_id).sum()) == (56 // 14) ** 2
        assert processor.decode(inputs["input_ids"][0]).endswith(prompt[-40:])
        logits.append(model(**inputs).logits[0, -1])
    assert not torch.allclose(logits[0], logits[1])


def test_the_name_tiny_is_made_once_in_a_process() -> None:
    given = Model(name="tiny", dtype="float32")
    assert loading.path_of(given) == loading.path_of(given)
    assert loading.load_config(given).model_type == "llava"
    processor = loading.load_processor(given)
    assert processor.tokenizer.padding_side == "left"
    assert len(processor.tokenizer("What is the answer?")["input_ids"]) < 8, "it has learnt the words of the games"


def family(name: str) -> Any:
    """Return a small configuration of a family."""
    from transformers import InternVLConfig, LlavaOnevisionConfig, Qwen2_5_VLConfig, Qwen3VLConfig

    classes = {
        "qwen2_5_vl": Qwen2_5_VLConfig,
        "qwen3_vl": Qwen3VLConfig,
        "internvl": InternVLConfig,
        "llava_onevision": LlavaOnevisionConfig,
    }
    config = classes[name]()
    config.get_text_config().num_hidden_layers = 1
    return config


@pytest.mark.parametrize(
    ("name", "tower"),
    [
        ("qwen2_5_vl", "model.visual"),
        ("qwen3_vl", "model.visual"),
        ("internvl", "model.vision_tower"),
        ("llava_onevision", "model.vision_tower"),
    ],
)
def test_the_tower_of_each_family_is_frozen_and_nothing_else(name: str, tower: str) -> None:
    from accelerate import init_empty_weights

    config = family(name)
    assert loading.sees(config)
    with init_empty_weights():
        model = loading.auto_class(config).from_config(config)
    found = loading.freeze_vision(model)
    assert found.name == tower
    for key, weight in model.named_parameters():
        assert weight.requires_grad != key.startswith(f"{tower}."), key
    assert found.parameters + found.trained == sum(weight.numel() for weight in model.parameters())


@pytest.mark.parametrize(
    ("name", "tokens"),
    [("qwen2_5_vl", 1280), ("internvl", 13 * 256), ("llava_onevision", 10 * 27 * 27)],
)
def test_a_picture_costs_each_family_what_its_processor_makes_of_it(name: str, tokens: int) -> None:
    assert planning._picture_tokens(family(name), 1_003_520) == tokens


def test_a_model_without_a_tower_is_an_error() -> None:
    from accelerate import init_empty_weights
    from transformers import LlamaConfig, LlamaForCausalLM

    with init_empty_weights():
        model = LlamaForCausalLM(LlamaConfig(num_hidden_layers=1))
    with pytest.raises(GameQAError, match="LlamaForCausalLM has no vision tower"):
        loading.freeze_vision(model)


def test_peft_config() -> None:
    assert loading.peft_config(Model(name="tiny")) is None
    made = loading.peft_config(read_recipe("qwen2_5_vl_3b_lora").model)
    assert (made.r, made.lora_alpha) == (32, 64)
    with pytest.raises(UsageError, match=r"model\.lora"):
        loading.peft_config(Model(name="tiny", lora={"rank": 3}))
