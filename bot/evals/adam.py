"""Adam with decoupled weight decay and one rise and fall of the rate; in place, over named arrays.

Source: Kingma and Ba 2015 (arXiv 1412.6980); Loshchilov and Hutter 2019 (arXiv 1711.05101).
"""

from collections.abc import Mapping

import numpy as np

from knowledge.network import Numbers

_FIRST, _SECOND, _TINY = 0.9, 0.999, 1e-8
_RISE = 0.3
"""Share of the steps in which the rate rises; then it falls as a half cosine."""

_LEAST = 0.04
"""Share of the full rate that is never gone below."""


class Adam:
    """Takes the steps of one fit."""

    def __init__(self, weights: Mapping[str, Numbers], *, steps: int, rate: float, decay: float = 0.01) -> None:
        """Hold the weights, which `step` changes in place.

        Args:
            weights: what is fitted.
            steps: how many steps there will be.
            rate: the highest learning rate.
            decay: share of a weight that a step at rate 1 would take away.
        """
        self._weights = weights
        self._steps = steps
        self._rate = rate
        self._decay = decay
        self._taken = 0
        self._mean = {name: np.zeros_like(array) for name, array in weights.items()}
        self._square = {name: np.zeros_like(array) for name, array in weights.items()}

    def step(self, gradients: Mapping[str, Numbers]) -> None:
        """Move every weight against its gradient."""
        self._taken += 1
        rate = self._rate * self._share(self._taken / self._steps)
        for name, weight in self._weights.items():
            mean, square, gradient = self._mean[name], self._square[name], gradients[name]
            mean += (1 - _FIRST) * (gradient - mean)
            square += (1 - _SECOND) * (gradient**2 - square)
            corrected = mean / (1 - _FIRST**self._taken)
            move = corrected / (np.sqrt(square / (1 - _SECOND**self._taken)) + _TINY) + self._decay * weight
            np.subtract(weight, rate * move, out=weight)

    @staticmethod
    def _share(done: float) -> float:
        share = done / _RISE if done < _RISE else 0.5 * (1 + np.cos(np.pi * (done - _RISE) / (1 - _RISE)))
        return float(max(share, _LEAST))
