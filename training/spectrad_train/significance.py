"""Whether predictions that know nothing of the labels would look as good."""

import numpy as np

# Two figures closer than this are the same one, summed in another order.
SAME = 1e-12
QUANTILE = 0.95


def permutation_test(truth, predicted, class_count, *, groups, permutations, seed):
    """A permutation test of accuracy and balanced accuracy, JSON-ready.

    What is tested: the null hypothesis that the held-out predictions, taken as they are, have
    nothing to do with the labels. The labels are permuted `permutations` times, each time both
    figures are computed again, and p = (1 + as good or better) / (1 + permutations), which is
    never 0 (Phipson and Smyth 2010).

    What is not tested: nothing is fitted again on permuted labels, so p does not judge the
    fitting procedure, nor the choice of the best of several models, nor whether a split leaked
    (a leak makes p small, not large). A small p says "better than nothing", not "good".

    What moves together: scans of a sample, or samples of a donor, are not independent, so
    `groups` [n] move as wholes. Groups of a single label exchange their labels with one another.
    In a group that holds several labels (a laboratory that measured every class) the labels that
    it holds change places with each other and rows of equal label keep having equal labels.

    Returns `permutations`, `seed`, and for each figure `p`, the permuted figures' `mean` and
    `quantile95`.
    """
    blocks = _Blocks(truth, predicted, class_count, groups)
    observed = _both_figures(blocks.confusion(blocks.labels))
    generator = np.random.default_rng(seed)
    permuted = np.array(
        [_both_figures(blocks.confusion(blocks.permuted(generator))) for _ in range(permutations)]
    ).reshape(permutations, 2)
    result = {"permutations": permutations, "seed": seed}
    for number, name in enumerate(("accuracy", "balancedAccuracy")):
        values = permuted[:, number]
        as_good = np.count_nonzero(values >= observed[number] - SAME)
        result[name] = {
            "p": (1 + as_good) / (1 + permutations),
            "mean": float(values.mean()) if permutations else None,
            "quantile95": float(np.quantile(values, QUANTILE)) if permutations else None,
        }
    return result


class _Blocks:
    """The smallest sets of rows that keep a common label: rows of one group and one label."""

    def __init__(self, truth, predicted, class_count, groups):
        if groups is None:
            groups = np.arange(len(truth))
        _, group_numbers = np.unique(groups, return_inverse=True)
        pairs, block_of_row = np.unique(
            np.stack([group_numbers, truth]), axis=1, return_inverse=True
        )
        self.class_count = class_count
        self.labels = pairs[1]
        answers = np.eye(class_count, dtype=np.int64)[predicted]
        self.answers = np.zeros((len(self.labels), class_count), np.int64)
        np.add.at(self.answers, block_of_row.reshape(-1), answers)
        self.exchanges = _exchanges(pairs[0])

    def confusion(self, labels):
        """The confusion matrix [truth, predicted] if the blocks had these labels."""
        return np.eye(self.class_count, dtype=np.int64)[labels].T @ self.answers

    def permuted(self, generator):
        """The blocks' labels after a random exchange among those that may be exchanged."""
        labels = self.labels.copy()
        for members in self.exchanges:
            labels[members] = self.labels[generator.permutation(members)]
        return labels


def _exchanges(group_of_block):
    """Sets of blocks whose labels may change places: see `permutation_test`."""
    _, group, block_counts = np.unique(group_of_block, return_inverse=True, return_counts=True)
    alone = block_counts[group] == 1
    sets = [np.flatnonzero(alone)]
    sets += [np.flatnonzero(group == number) for number in np.flatnonzero(block_counts > 1)]
    return [members for members in sets if len(members) > 1]


def _both_figures(confusion):
    """Accuracy and balanced accuracy of a confusion matrix."""
    counts = confusion.sum(axis=1)
    present = counts > 0
    right = confusion.diagonal()
    return right.sum() / counts.sum(), (right[present] / counts[present]).mean()
