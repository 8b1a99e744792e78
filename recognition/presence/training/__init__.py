"""Training the local model. Not needed to run it: torch and onnx are imported here and nowhere else."""
