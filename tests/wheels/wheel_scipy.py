# wheel: scipy
"""Optimization, integration, sparse matrices, statistics."""
import numpy as np
from scipy import integrate, interpolate, linalg, optimize, signal, sparse, special, stats
print(optimize.minimize(lambda x: (x[0] - 1) ** 2 + (x[1] + 2) ** 2, [0, 0]).x.round(4), optimize.brentq(lambda x: x * x - 2, 0, 2))
print(integrate.quad(lambda x: x * x, 0, 3)[0], special.gamma(5.5), stats.norm.cdf(1.5), linalg.det(np.array([[1.0, 2], [3, 4]])))
print(sparse.csr_matrix(np.eye(3)).dot(np.arange(3)), interpolate.interp1d([0, 1, 2], [0, 1, 4])(1.5), signal.butter(2, 0.3)[0].round(6))
