"""JSON lines: ms-swift, LLaMA-Factory, NeMo Gym, and requests for an OpenAI-compatible server.

Sources of the shapes:

- ms-swift: documentation, "Custom Dataset", sections "PPO/GRPO" and "Multimodal", and "Complete Multimodal GRPO
  Experiment Workflow": `messages` with `<image>`, `images`, `solution`; further columns reach the reward function.
  Paths that do not exist as they stand are looked up below the environment variable `ROOT_IMAGE_DIR`
  (`vision_utils.load_file`): set it to OUT.
- LLaMA-Factory: `data/README.md`, "Sharegpt Format" and "OpenAI Format", the entry `mllm_demo` of
  `data/dataset_info.json`, and `data/converter.py`: paths are relative to `media_dir`, which is `dataset_dir` unless
  set; so `dataset_dir: OUT`, `dataset: gameqa_train`.
- NeMo Gym: documentation, "Prepare and Validate Data"; pictures as in `resources_servers/circle_click`
  (`input_image` parts of the Responses interface); what the verifier needs stands in `verifier_metadata`, as in
  `resources_servers/code_gen`.
- OpenAI: reference of the Batch interface, "The request input object" and "Create batch" (50,000 requests and 200 MB
  a file, one model), and of chat completions (`image_url` parts). `python -m vllm.entrypoints.openai.run_batch` reads
  the same lines.
"""

import json
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from .rows import Row, Shards, Target, data_url, encode, facts, ground_truth, json_lines, marked_prompt, prompt

BATCH_REQUESTS, BATCH_BYTES = 50_000, 200_000_000
"""The most requests and bytes of one batch file."""


def ms_swift(rows: Iterator[Row], to: Target) -> None:
    """Write `<split>.jsonl` and the pictures below `images/`."""
    with json_lines(to.folder / f"{to.split}.jsonl") as write:
        for row in rows:
            write(
                {
                    "messages": [{"role": "user", "content": marked_prompt(row)}],
                    **_images(row, to),
                    "solution": row["answer"],
                    "data_id": row["data_id"],
                    "ground_truth": ground_truth(row),
                }
            )


def llamafactory(rows: Iterator[Row], to: Target) -> None:
    """Write `<split>.jsonl`, the pictures below `images/`, and the split's entry in `dataset_info.json`.

    The assistant's turn is the worked solution, which ends with the answer in the form that the prompt asks for.
    """
    with json_lines(to.folder / f"{to.split}.jsonl") as write:
        for row in rows:
            write(
                {
                    "messages": [
                        {"role": "user", "content": marked_prompt(row)},
                        {"role": "assistant", "content": row["analysis"]},
                    ],
                    **_images(row, to),
                    "data_id": row["data_id"],
                    "ground_truth": ground_truth(row),
                }
            )
    info = to.folder / "dataset_info.json"
    known = json.loads(info.read_text(encoding="utf-8")) if info.exists() else {}
    known[f"gameqa_{to.split}"] = {
        "file_name": f"{to.split}.jsonl",
        "formatting": "sharegpt",
        "columns": {"messages": "messages", **({"images": "images"} if to.pictures else {})},
        "tags": {"role_tag": "role", "content_tag": "content", "user_tag": "user", "assistant_tag": "assistant"},
    }
    info.write_text(json.dumps(known, indent=2) + "\n", encoding="utf-8")


def nemo_gym(rows: Iterator[Row], to: Target) -> None:
    """Write `<split>.jsonl`, pictures as data URLs."""
    with json_lines(to.folder / f"{to.split}.jsonl") as write:
        for row in rows:
            content: Any = prompt(row)
            if to.pictures:
                picture = {"type": "input_image", "image_url": data_url(row), "detail": "auto"}
                content = [picture, {"type": "input_text", "text": content}]
            write(
                {
                    "responses_create_params": {"input": [{"role": "user", "content": content}]},
                    "verifier_metadata": facts(row),
                }
            )


def openai(rows: Iterator[Row], to: Target) -> None:
    """Write requests to `<split>-00000.jsonl` and so on, and the facts, which no request may hold, to `answers/`."""
    with json_lines(to.folder / "answers" / f"{to.split}.jsonl") as answer:

        def requests() -> Iterator[bytes]:
            for row in rows:
                answer(facts(row))
                yield f"{encode(_request(row, to))}\n".encode()

        for number, batch in groupby(requests(), Shards(BATCH_REQUESTS, BATCH_BYTES, len)):
            with (to.folder / f"{to.split}-{number:05d}.jsonl").open("wb") as file:
                file.writelines(batch)


def _request(row: Row, to: Target) -> Row:
    content: Any = prompt(row)
    if to.pictures:
        picture = {"type": "image_url", "image_url": {"url": data_url(row)}}
        content = [picture, {"type": "text", "text": content}]
    return {
        "custom_id": row["data_id"],
        "method": "POST",
        "url": "/v1/chat/completions",
        "body": {"model": to.model, "messages": [{"role": "user", "content": content}]},
    }


def _images(row: Row, to: Target) -> Row:
    """Write the picture as a file of its own; return the column that names it, empty where there is none."""
    if not to.pictures:
        return {}
    path = f"images/{row['game_name']}/{row['image']['path']}"
    (to.folder / path).parent.mkdir(parents=True, exist_ok=True)
    (to.folder / path).write_bytes(row["image"]["bytes"])
    return {"images": [path]}
