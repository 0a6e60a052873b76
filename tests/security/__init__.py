"""Rights at every door. A package, so that what its tests share ends with them and patches nothing for others."""
