# wheel: pillow
"""Pictures: drawn, resized, written, read."""
import io
from PIL import Image, ImageDraw, ImageFilter
image = Image.new("RGB", (20, 10), "red")
ImageDraw.Draw(image).line((0, 0, 19, 9), fill=(0, 0, 255))
print(image.getpixel((0, 0)), image.resize((5, 5)).getpixel((2, 2)), image.convert("L").tobytes()[:4], image.filter(ImageFilter.BLUR).size)
for kind in ("PNG", "JPEG", "GIF", "BMP", "WEBP"):
    buffer = io.BytesIO()
    image.save(buffer, kind)
    print(kind, Image.open(io.BytesIO(buffer.getvalue())).size)
try:
    Image.open(io.BytesIO(b"nothing"))
except Exception as error:
    print(type(error).__name__)
