"""L3 · Environment, rewards, PPO training and ONNX export."""
