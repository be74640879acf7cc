//! `itertools`: iterators that are made of other iterators.

mod chains;
mod combinatorics;
mod filters;
mod groupby;
mod infinite;
mod tee;

use runtime::prelude::*;

use chains::{Accumulate, Batched, Chain, Pairwise, Starmap, ZipLongest};
use combinatorics::{Combinations, CombinationsWithReplacement, Permutations, Product};
use filters::{Compress, Dropwhile, Filterfalse, Islice, Takewhile};
use groupby::{Groupby, Grouper};
use infinite::{Count, Cycle, Repeat};
use tee::{Tee, TeeData};

/// `predicate(item)` as a truth value.
fn holds(predicate: &Object, item: &Object) -> Result<bool> {
    predicate.call(&[item])?.is_true()
}

module! {
    name: "itertools",
    doc: "Iterators that are made of other iterators.

Without end:
count(start=0, step=1) --> start, start+step, start+2*step, ...
cycle(p) --> p0, p1, ... plast, p0, p1, ...
repeat(elem [,n]) --> elem, elem, elem, ... for ever or n times

As long as the shortest input:
accumulate(p[, func]) --> p0, p0+p1, p0+p1+p2, ...
batched(p, n) --> (p0, p1, ... p_n-1), (p_n, ... p_2n-1), ...
chain(p, q, ...) --> p0, p1, ... plast, q0, q1, ...
chain.from_iterable([p, q, ...]) --> p0, p1, ... plast, q0, q1, ...
compress(data, selectors) --> the items of data whose selector is true
dropwhile(predicate, seq) --> seq from the first item on that fails
filterfalse(predicate, seq) --> the items of seq that fail
groupby(iterable[, keyfunc]) --> pairs of a key and the items that share it
islice(seq, [start,] stop [, step]) --> items of seq[start:stop:step]
pairwise(s) --> (s[0],s[1]), (s[1],s[2]), (s[2], s[3]), ...
starmap(fun, seq) --> fun(*seq[0]), fun(*seq[1]), ...
takewhile(predicate, seq) --> seq up to the first item that fails
tee(it, n=2) --> (it1, it2, ... itn): one iterator becomes n
zip_longest(p, q, ...) --> (p[0], q[0]), (p[1], q[1]), ...

Selections:
combinations(p, r)
combinations_with_replacement(p, r)
permutations(p[, r])
product(p, q, ... [repeat=1]) --> cartesian product",
    functions: [tee::tee],
    classes: [
        Accumulate, Batched, Chain, Combinations, CombinationsWithReplacement, Compress, Count, Cycle, Dropwhile,
        Filterfalse, Groupby, Grouper, Islice, Pairwise, Permutations, Product, Repeat, Starmap, Takewhile, Tee, TeeData,
        ZipLongest,
    ],
}
