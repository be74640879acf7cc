# wheel: shapely
"""Shapes."""
import shapely
from shapely.geometry import Point, Polygon
square = Polygon([(0, 0), (2, 0), (2, 2), (0, 2)])
print(square.area, square.contains(Point(1, 1)), square.intersection(Point(1, 1).buffer(0.5, 4)).area, square.wkt, shapely.area([square, square]))
try:
    shapely.from_wkt("nothing")
except shapely.errors.GEOSException as error:
    print(error)
