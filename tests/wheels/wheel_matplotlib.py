# wheel: matplotlib
"""A figure, drawn without a screen."""
import io
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
figure, axes = plt.subplots()
axes.plot([1, 2, 3], [1, 4, 9], label="squares")
axes.legend()
axes.set_title("title")
buffer = io.BytesIO()
figure.savefig(buffer, format="png", dpi=50)
print(buffer.getvalue()[:8], len(buffer.getvalue()) > 1000, figure.canvas.get_width_height())
