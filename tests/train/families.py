"""Tiny random models of the families that the recipes train, each with a processor, for tests without downloads."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import torch
import transformers
from gameqa.train.tiny import CHAT_TEMPLATE
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import AutoModelForImageTextToText, AutoProcessor, PreTrainedConfig, PreTrainedTokenizerFast

from gameqa.core.engine import generate

HIDDEN, HEADS = 64, 4
SIDE, PATCH = 56, 14
"""Pixels of the squares and patches that InternVL and LLaVA-OneVision cut a picture into."""
PAD, TURN, END = "<|endoftext|>", "<|im_start|>", "<|im_end|>"


class Family(NamedTuple):
    """How a family is made small.

    Attributes:
        processor: name of its processor's class.
        tokens: its special tokens, by the names under which its tokenizer knows them.
        mark: what its chat template prints for a picture.
        parts: returns for a tokenizer the configuration, the image processor and further arguments of the processor.
    """

    processor: str
    tokens: dict[str, str]
    mark: str
    parts: Callable[[Any], tuple[Any, Any, dict[str, Any]]]


def make(family: Family, folder: Path) -> Path:
    """Write a model with random weights and its processor into a folder and return it."""
    tokenizer = _tokenizer(family)
    config, image_processor, arguments = family.parts(tokenizer)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        AutoModelForImageTextToText.from_config(config).save_pretrained(folder)
    kind = without_video(getattr(transformers, family.processor))
    kind(image_processor, tokenizer, chat_template=tokenizer.chat_template, **arguments).save_pretrained(folder)
    return folder


def _tokenizer(family: Family) -> Any:
    """Learn byte-level BPE on a few questions."""
    pieces = Tokenizer(models.BPE())
    pieces.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)  # pyright: ignore[reportAttributeAccessIssue]
    pieces.decoder = decoders.ByteLevel()  # pyright: ignore[reportAttributeAccessIssue]
    trainer = trainers.BpeTrainer(
        vocab_size=600,
        special_tokens=[PAD, TURN, END, *family.tokens.values()],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    pieces.train_from_iterator((sample.question for sample in generate("tictactoe", levels="Easy")), trainer)
    return PreTrainedTokenizerFast(
        tokenizer_object=pieces,
        pad_token=PAD,
        eos_token=END,
        extra_special_tokens=family.tokens,
        chat_template=CHAT_TEMPLATE.replace("<image>\n", family.mark),
    )


@cache
def without_video(processor: type[Any]) -> type[Any]:
    """Return a processor's class as it is, but for the video processor, which needs torchvision.

    AutoProcessor finds it by the name in a folder; the configuration that it asks for on top stands for none.
    """

    class WithoutVideo(processor):
        @classmethod
        def get_attributes(cls) -> list[str]:
            return ["image_processor", "tokenizer"]

    WithoutVideo.__name__ = f"{processor.__name__}WithoutVideo"
    AutoProcessor.register(type(f"{WithoutVideo.__name__}Config", (PreTrainedConfig,), {}), WithoutVideo)
    return WithoutVideo


# --- The families ---------------------------------------------------------------------------------


def _text(tokenizer: Any) -> dict[str, Any]:
    return {
        "vocab_size": len(tokenizer),
        "hidden_size": HIDDEN,
        "intermediate_size": 2 * HIDDEN,
        "num_hidden_layers": 2,
        "num_attention_heads": HEADS,
        "num_key_value_heads": 2,
        "max_position_embeddings": 8192,
        "bos_token_id": None,
        "eos_token_id": tokenizer.eos_token_id,
        "pad_token_id": tokenizer.pad_token_id,
    }


def _qwen_vision(patch: int) -> dict[str, Any]:
    return {
        "depth": 2,
        "hidden_size": HIDDEN,
        "intermediate_size": 2 * HIDDEN,
        "num_heads": HEADS,
        "out_hidden_size": HIDDEN,
        "patch_size": patch,
    }


def _square_vision() -> dict[str, Any]:
    return {
        "hidden_size": HIDDEN,
        "intermediate_size": 2 * HIDDEN,
        "num_hidden_layers": 2,
        "num_attention_heads": HEADS,
        "image_size": SIDE,
        "patch_size": PATCH,
    }


def _ids(tokenizer: Any) -> dict[str, Any]:
    return {f"{name}_id": getattr(tokenizer, f"{name}_id") for name in QWEN_TOKENS}


def _qwen_pictures(patch: int) -> Any:
    return transformers.Qwen2VLImageProcessorPil(patch_size=patch, min_pixels=(2 * patch) ** 2)


def _qwen2_5_vl(tokenizer: Any) -> tuple[Any, Any, dict[str, Any]]:
    rope = {"rope_type": "default", "rope_theta": 1e6, "mrope_section": [2, 3, 3]}
    config = transformers.Qwen2_5_VLConfig(
        text_config={**_text(tokenizer), "rope_parameters": rope},
        vision_config={**_qwen_vision(14), "fullatt_block_indexes": [1]},
        **_ids(tokenizer),
    )
    return config, _qwen_pictures(14), {}


def _qwen3_vl(tokenizer: Any) -> tuple[Any, Any, dict[str, Any]]:
    rope = {"rope_type": "default", "rope_theta": 5e6, "mrope_section": [4, 2, 2], "mrope_interleaved": True}
    config = transformers.Qwen3VLConfig(
        text_config={**_text(tokenizer), "head_dim": HIDDEN // HEADS, "rope_parameters": rope},
        vision_config={**_qwen_vision(16), "deepstack_visual_indexes": [0], "num_position_embeddings": 64},
        **_ids(tokenizer),
    )
    return config, _qwen_pictures(16), {}


def _internvl(tokenizer: Any) -> tuple[Any, Any, dict[str, Any]]:
    length = (SIDE // PATCH // 2) ** 2
    config = transformers.InternVLConfig(
        text_config={**_text(tokenizer), "model_type": "qwen2"},
        vision_config=_square_vision(),
        image_token_id=tokenizer.context_image_token_id,
        image_seq_length=length,
        tie_word_embeddings=False,
    )
    pictures = transformers.GotOcr2ImageProcessorPil(size={"height": SIDE, "width": SIDE}, max_patches=4)
    return config, pictures, {"image_seq_length": length}


def _llava_onevision(tokenizer: Any) -> tuple[Any, Any, dict[str, Any]]:
    grids = [[rows * SIDE, columns * SIDE] for rows in (1, 2) for columns in (1, 2)]
    config = transformers.LlavaOnevisionConfig(
        text_config={**_text(tokenizer), "model_type": "qwen2"},
        vision_config={**_square_vision(), "model_type": "siglip_vision_model", "vision_use_head": False},
        image_token_index=tokenizer.image_token_id,
        video_token_index=tokenizer.video_token_id,
        image_grid_pinpoints=grids,
    )
    pictures = transformers.LlavaOnevisionImageProcessorPil(
        size={"height": SIDE, "width": SIDE}, image_grid_pinpoints=grids
    )
    return config, pictures, {"num_image_tokens": (SIDE // PATCH) ** 2, "vision_feature_select_strategy": "full"}


QWEN_TOKENS = {
    "image_token": "<|image_pad|>",
    "video_token": "<|video_pad|>",
    "vision_start_token": "<|vision_start|>",
    "vision_end_token": "<|vision_end|>",
}
QWEN_MARK = "<|vision_start|><|image_pad|><|vision_end|>"
INTERNVL_TOKENS = {
    "start_image_token": "<img>",
    "end_image_token": "</img>",
    "context_image_token": "<IMG_CONTEXT>",
    "video_token": "<video>",
}
LLAVA_TOKENS = {"image_token": "<image>", "video_token": "<video>"}

FAMILIES = {
    "qwen2_5_vl_7b": Family("Qwen2_5_VLProcessor", QWEN_TOKENS, QWEN_MARK, _qwen2_5_vl),
    "internvl3_8b": Family("InternVLProcessor", INTERNVL_TOKENS, "<IMG_CONTEXT>\n", _internvl),
    "llava_onevision_7b": Family("LlavaOnevisionProcessor", LLAVA_TOKENS, "<image>\n", _llava_onevision),
    "qwen3_vl_8b": Family("Qwen3VLProcessor", QWEN_TOKENS, QWEN_MARK, _qwen3_vl),
}
"""By the recipe that trains the family."""
