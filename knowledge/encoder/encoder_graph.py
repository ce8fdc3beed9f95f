"""The network of the default embedder as an ONNX graph, written with onnx alone: no torch at set-up.

Attention, GELU and the norms are onnxruntime's fused operators, and weights are int8 per output channel: measured on
2 cores against the unfused graph with one scale a matrix, 62 instead of 53 passages a second, and cosine to the
float network .997 instead of .988.
"""

import json
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import ArrayLike, NDArray
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from safetensors.numpy import load_file

FUSED = "com.microsoft"
FUSED_KINDS = ("Attention", "BiasGelu", "SkipLayerNormalization")
QUANTISED = ["MatMul", "Gather", "Attention"]


class _Graph:
    """Nodes and constants as they are added; every operation answers the name of its output."""

    def __init__(self, folder: Path) -> None:
        self.config = json.loads((folder / "config.json").read_text("utf-8"))
        self.weights: dict[str, NDArray[np.float32]] = load_file(folder / "model.safetensors")
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def op(self, kind: str, *inputs: str, name: str = "", **attributes: object) -> str:
        output = name or f"t{len(self.nodes)}"
        node = helper.make_node(kind, list(inputs), [output], domain=FUSED if kind in FUSED_KINDS else "")
        node.attribute.extend(helper.make_attribute(key, value) for key, value in attributes.items())
        self.nodes.append(node)
        return output

    def ints(self, value: ArrayLike) -> str:
        return self._constant(np.asarray(value, np.int64))

    def floats(self, value: ArrayLike) -> str:
        return self._constant(np.ascontiguousarray(value, np.float32))

    def weight(self, name: str) -> str:
        return self.floats(self.weights[name])

    def matmul(self, x: str, name: str) -> str:
        """Multiply by a linear layer; its bias is left to the fused operator that follows."""
        return self.op("MatMul", x, self.floats(self.weights[f"{name}.weight"].T))

    def _constant(self, value: NDArray[np.generic]) -> str:
        name = f"c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(value, name))
        return name


def write_int8(folder: Path, target: Path) -> None:
    """Write the int8 ONNX of the BERT-shaped encoder in `folder`; pooling and unit length are inside the graph."""
    graph = _Graph(folder)
    x = _embeddings(graph)
    mask = graph.op("Cast", "attention_mask", to=TensorProto.INT32)
    for layer in range(graph.config["num_hidden_layers"]):
        x = _layer(graph, x, mask, f"encoder.layer.{layer}.")
    _pooling(graph, x)
    float_file = target.with_suffix(".fp32")
    onnx.save(_model(graph), str(float_file))
    options = {"DefaultTensorType": TensorProto.FLOAT}  # shape inference does not know the fused operators
    quantize_dynamic(
        str(float_file),
        str(target),
        weight_type=QuantType.QInt8,
        op_types_to_quantize=QUANTISED,
        per_channel=True,
        extra_options=options,
    )
    float_file.unlink()


def _embeddings(graph: _Graph) -> str:
    weights = graph.weights
    length = graph.op("Squeeze", graph.op("Gather", graph.op("Shape", "input_ids"), graph.ints([1])))
    positions = graph.op("Range", graph.ints(0), length, graph.ints(1))
    table = weights["embeddings.position_embeddings.weight"] + weights["embeddings.token_type_embeddings.weight"][0]
    words = graph.op("Gather", graph.weight("embeddings.word_embeddings.weight"), "input_ids")
    x = graph.op("Add", words, graph.op("Gather", graph.floats(table), positions))
    scale, shift = graph.weight("embeddings.LayerNorm.weight"), graph.weight("embeddings.LayerNorm.bias")
    return graph.op("LayerNormalization", x, scale, shift, axis=-1, epsilon=graph.config["layer_norm_eps"])


def _layer(graph: _Graph, x: str, mask: str, layer: str) -> str:
    parts = [f"{layer}attention.self.{name}" for name in ("query", "key", "value")]
    merged = graph.floats(np.concatenate([graph.weights[f"{part}.weight"].T for part in parts], axis=1))
    bias = graph.floats(np.concatenate([graph.weights[f"{part}.bias"] for part in parts]))
    heads = graph.config["num_attention_heads"]
    seen = graph.op("Attention", x, merged, bias, mask, num_heads=heads)
    x = _add_norm(graph, graph.matmul(seen, f"{layer}attention.output.dense"), x, f"{layer}attention.output")
    inner = graph.matmul(x, f"{layer}intermediate.dense")
    inner = graph.op("BiasGelu", inner, graph.weight(f"{layer}intermediate.dense.bias"))
    return _add_norm(graph, graph.matmul(inner, f"{layer}output.dense"), x, f"{layer}output")


def _add_norm(graph: _Graph, x: str, before: str, block: str) -> str:
    weights = (f"{block}.LayerNorm.weight", f"{block}.LayerNorm.bias", f"{block}.dense.bias")
    scale, shift, bias = (graph.weight(name) for name in weights)
    epsilon = graph.config["layer_norm_eps"]
    return graph.op("SkipLayerNormalization", x, before, scale, shift, bias, epsilon=epsilon)


def _pooling(graph: _Graph, x: str) -> None:
    mask = graph.op("Unsqueeze", graph.op("Cast", "attention_mask", to=TensorProto.FLOAT), graph.ints([2]))
    axis = graph.ints([1])
    total = graph.op("ReduceSum", graph.op("Mul", x, mask), axis, keepdims=0)
    mean = graph.op("Div", total, graph.op("ReduceSum", mask, axis, keepdims=0))
    graph.op("LpNormalization", mean, name="sentence_embedding", axis=-1, p=2)


def _model(graph: _Graph) -> onnx.ModelProto:
    inputs = [helper.make_tensor_value_info(n, TensorProto.INT64, ["b", "s"]) for n in ("input_ids", "attention_mask")]
    output = helper.make_tensor_value_info("sentence_embedding", TensorProto.FLOAT, ["b", graph.config["hidden_size"]])
    body = helper.make_graph(graph.nodes, "encoder", inputs, [output], graph.constants)
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid(FUSED, 1)]
    return helper.make_model(body, opset_imports=opsets, ir_version=8)
