"""What `benchmarks vision`, `decoding` and `captioning` measure, by PyTorch and transformers; run by the benchmark, which
writes a line and reads the seconds that it took.

usage: inference.py THREADS TYPE vision       a line: BATCH          a call of ViT-g/14 at 224 pixels
       inference.py THREADS TYPE decoding     a line: ROWS STEPS     a step of OPT-2.7b after 40 tokens
       inference.py THREADS TYPE FOLDER       a line: BEAMS TOKENS   a caption by the captioner in a folder
TYPE is float32 or bfloat16. Needs the packages torch and transformers."""
import sys
import time

import torch
import transformers


def drawn(build, dtype):
    """A model of random weights, made at once in its type: drawn once, repeated from another place on in each weight."""
    with torch.device("meta"):
        model = build().to(dtype)
    model = model.to_empty(device="cpu").eval()
    numbers = torch.randn(1_000_003).mul_(0.02).to(dtype)
    for place, (name, weight) in enumerate(model.named_parameters()):
        if weight.dim() == 1:
            weight.fill_(0 if name.endswith("bias") else 1)
            continue
        flat, start = weight.view(-1), place * 7919 % len(numbers)
        repeated = numbers.roll(-start).repeat(-(-len(flat) // len(numbers)))
        flat.copy_(repeated[: len(flat)])
    for name, buffer in model.named_buffers():
        if name.endswith("position_ids"):
            buffer.copy_(torch.arange(buffer.numel()).view(buffer.shape))
    model.tie_weights()
    return model


def vision(dtype):
    model = drawn(lambda: transformers.Blip2VisionModel(transformers.Blip2VisionConfig()), dtype)

    def call(batch):
        pixels = torch.randn(batch, 3, 224, 224).to(dtype)
        return timed(lambda: model(pixel_values=pixels))

    return call


def decoding(dtype):
    sizes = dict(
        num_hidden_layers=32, hidden_size=2560, ffn_dim=10240, num_attention_heads=32, word_embed_proj_dim=2560)
    model = drawn(lambda: transformers.OPTForCausalLM(transformers.OPTConfig(**sizes)), dtype)
    caches = {}

    def call(rows, steps):
        if rows not in caches:
            ids = torch.randint(5, 50000, (1, 40)).expand(rows, -1).contiguous()
            caches[rows] = model(input_ids=ids, use_cache=True).past_key_values
        cache, tokens = caches[rows], torch.randint(5, 50000, (rows, 1))

        def run():
            for step in range(steps):
                mask = torch.ones(rows, 41 + step, dtype=torch.long)
                model(input_ids=tokens, past_key_values=cache, attention_mask=mask, use_cache=True)

        seconds = timed(run) / steps
        cache.crop(40)
        return seconds

    return call


def captioning(folder, dtype):
    model = transformers.Blip2ForConditionalGeneration.from_pretrained(folder, dtype=dtype).eval()
    config = model.config
    pixels = torch.randn(1, 3, 224, 224).to(dtype)
    start = config.text_config.bos_token_id if config.use_decoder_only_language_model else 1
    ids = torch.tensor([[config.image_token_index] * config.num_query_tokens + [start]])

    def call(beams, tokens):
        return timed(
            lambda: model.generate(
                pixel_values=pixels, input_ids=ids, attention_mask=torch.ones_like(ids), num_beams=beams,
                do_sample=False, min_new_tokens=tokens, max_new_tokens=tokens,
                pad_token_id=config.text_config.pad_token_id))

    return call


def timed(body):
    began = time.perf_counter()
    body()
    return time.perf_counter() - began


@torch.inference_mode()
def main():
    torch.manual_seed(0)
    torch.set_num_threads(int(sys.argv[1]))
    dtype, what = getattr(torch, sys.argv[2]), sys.argv[3]
    made = {"vision": vision, "decoding": decoding}
    call = made[what](dtype) if what in made else captioning(what, dtype)
    print(f"PyTorch {torch.__version__}, transformers {transformers.__version__}, {sys.argv[2]}", flush=True)
    for line in sys.stdin:
        print(call(*map(int, line.split())), flush=True)


main()
