"""The exercises as D2L states them (CC BY-SA 4.0): a second copy, to compare the pages with."""

STATEMENTS = {
    "gradient-shape": (
        r"Assume that the inputs $\mathbf{X}$ to some scalar function $f$ are $n \times m$ "
        r"matrices. What is the dimensionality of the gradient of $f$ with respect to $\mathbf{X}$?"
    ),
    "hidden-bias": (
        "Add a bias to the hidden layer of the model described in this section (you do not need to "
        "include bias in the regularization term). 1. Draw the corresponding computational graph. "
        "1. Derive the forward and backward propagation equations."
    ),
    "memory": (
        "Compute the memory footprint for training and prediction in the model described in this "
        "section."
    ),
    "second-derivatives": (
        "Assume that you want to compute second derivatives. What happens to the computational "
        "graph? How long do you expect the calculation to take?"
    ),
    "partitioning": (
        "Assume that the computational graph is too large for your GPU. 1. Can you partition it "
        "over more than one GPU? 2. What are the advantages and disadvantages over training on a "
        "smaller minibatch?"
    ),
}
"""Name of an exercise's page -> the statement on one line, its lists numbered as on the page."""
