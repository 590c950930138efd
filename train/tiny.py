"""The model `tiny`: a LLaVA with random weights, made on the spot, for trying things out and for proofs on a CPU."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from gameqa.core.engine import generate

PAD, TURN, END, IMAGE = "<pad>", "<|im_start|>", "<|im_end|>", "<image>"

CHAT_TEMPLATE = """\
{%- for message in messages -%}
{{ '<|im_start|>' + message['role'] + '\n' }}
{%- if message['content'] is string -%}{{ message['content'] }}
{%- else -%}
{%- for part in message['content'] -%}
{{ '<image>\n' if part['type'] == 'image' else part['text'] }}
{%- endfor -%}
{%- endif -%}
{{ '<|im_end|>\n' }}
{%- endfor -%}
{%- if add_generation_prompt -%}{{ '<|im_start|>assistant\n' }}{%- endif -%}
"""


def make(
    folder: Path,
    *,
    hidden: int = 128,
    layers: int = 2,
    image_size: int = 56,
    patch_size: int = 14,
    words: int = 2048,
    texts: Iterable[str] | None = None,
    phrases: bool = False,
    quick: bool = False,
    seed: int = 0,
) -> Path:
    """Write model and processor into a folder and return it; the same arguments give the same bytes of weights.

    Args:
        folder: where to; made when missing.
        hidden: width of both towers, a multiple of 64.
        layers: of each tower.
        image_size, patch_size: in pixels; every picture is resized to this square and becomes (size / patch)^2 tokens.
        words: size of the vocabulary, which is learnt from `texts`; at least 260.
        texts: None: one question and analysis of every task of the library.
        phrases: let the vocabulary hold whole phrases, so that rules which stand in every question become few tokens;
            digits stay tokens of their own.
        quick: draw weights with which so narrow a model learns within minutes, instead of those of the wide models.
        seed: of the weights.
    """
    import torch
    from transformers import LlavaForConditionalGeneration

    processor = _processor(_tokenizer(_texts() if texts is None else texts, words, phrases), image_size, patch_size)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = LlavaForConditionalGeneration(_config(processor.tokenizer, hidden, layers, image_size, patch_size))
        if quick:
            _spread(model)
    model.save_pretrained(folder)
    processor.save_pretrained(folder)
    return folder


def _spread(model: Any) -> None:
    """Draw weights that keep signals at their size, and patches' positions as loud as their pixels.

    What CLIP and Llama draw (0.02 for most) leaves narrow layers almost silent, and positions at 3 % of the pixels.
    """
    import torch

    with torch.no_grad():
        for name, weight in model.named_parameters():
            if "position_embedding" in name:
                weight.normal_(0, 0.5)
            elif "patch_embedding" in name:
                weight.normal_(0, 0.7 * (weight.numel() / len(weight)) ** -0.5)
            elif weight.dim() == 2 and "embed" not in name:
                weight.normal_(0, weight.shape[1] ** -0.5)


def _texts() -> Iterable[str]:
    for sample in generate(levels="Easy"):
        yield sample.question
        yield sample.analysis


def _tokenizer(texts: Iterable[str], words: int, phrases: bool) -> Any:
    """Learn byte-level BPE, so that any text can be written."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    pieces = Tokenizer(models.BPE())
    cut = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=not phrases)
    if phrases:
        cut = pre_tokenizers.Sequence([pre_tokenizers.Digits(individual_digits=True), cut])
    pieces.pre_tokenizer = cut  # pyright: ignore[reportAttributeAccessIssue]
    pieces.decoder = decoders.ByteLevel()  # pyright: ignore[reportAttributeAccessIssue]
    special = [PAD, TURN, END, IMAGE]
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=words, special_tokens=special, initial_alphabet=alphabet, show_progress=False
    )
    pieces.train_from_iterator(texts, trainer)
    return PreTrainedTokenizerFast(
        tokenizer_object=pieces,
        pad_token=PAD,
        eos_token=END,
        additional_special_tokens=[TURN, IMAGE],
        chat_template=CHAT_TEMPLATE,
    )


def _processor(tokenizer: Any, image_size: int, patch_size: int) -> Any:
    from transformers import CLIPImageProcessor, LlavaProcessor

    square = {"height": image_size, "width": image_size}
    return LlavaProcessor(
        image_processor=CLIPImageProcessor(size=square, do_center_crop=False),
        tokenizer=tokenizer,
        patch_size=patch_size,
        vision_feature_select_strategy="default",
        num_additional_image_tokens=1,  # CLIP's class token, which `default` drops again
        chat_template=CHAT_TEMPLATE,
    )


def _config(tokenizer: Any, hidden: int, layers: int, image_size: int, patch_size: int) -> Any:
    from transformers import CLIPVisionConfig, LlamaConfig, LlavaConfig

    heads = hidden // 32
    vision = CLIPVisionConfig(
        hidden_size=hidden,
        intermediate_size=2 * hidden,
        num_hidden_layers=layers,
        num_attention_heads=heads,
        image_size=image_size,
        patch_size=patch_size,
    )
    text = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=hidden,
        intermediate_size=2 * hidden,
        num_hidden_layers=layers,
        num_attention_heads=heads,
        num_key_value_heads=heads,
        max_position_embeddings=8192,
        pad_token_id=tokenizer.pad_token_id,
        eos_token_id=tokenizer.eos_token_id,
        bos_token_id=None,
    )
    return LlavaConfig(vision_config=vision, text_config=text, image_token_index=tokenizer.convert_tokens_to_ids(IMAGE))
