//! The code points of a text, one after the other.

use std::iter::FusedIterator;
use std::slice::Iter;

use super::{Unit, Units};

/// An iterator over the code points of units, surrogates included.
#[derive(Clone)]
pub enum CodePoints<'a> {
    One(Iter<'a, u8>),
    Two(Iter<'a, u16>),
    Four(Iter<'a, u32>),
}

macro_rules! each {
    ($points:expr, $iterator:ident => $body:expr) => {
        match $points {
            CodePoints::One($iterator) => $body,
            CodePoints::Two($iterator) => $body,
            CodePoints::Four($iterator) => $body,
        }
    };
}

impl<'a> Units<'a> {
    /// The code points.
    #[inline]
    pub fn code_points(self) -> CodePoints<'a> {
        match self {
            Units::One(units) => CodePoints::One(units.iter()),
            Units::Two(units) => CodePoints::Two(units.iter()),
            Units::Four(units) => CodePoints::Four(units.iter()),
        }
    }
}

impl Iterator for CodePoints<'_> {
    type Item = u32;

    #[inline]
    fn next(&mut self) -> Option<u32> {
        each!(self, units => units.next().map(|&unit| unit.code()))
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        each!(self, units => units.size_hint())
    }

    #[inline]
    fn nth(&mut self, count: usize) -> Option<u32> {
        each!(self, units => units.nth(count).map(|&unit| unit.code()))
    }

    #[inline]
    fn fold<B, F: FnMut(B, u32) -> B>(self, start: B, mut step: F) -> B {
        each!(self, units => units.fold(start, |state, &unit| step(state, unit.code())))
    }
}

impl DoubleEndedIterator for CodePoints<'_> {
    #[inline]
    fn next_back(&mut self) -> Option<u32> {
        each!(self, units => units.next_back().map(|&unit| unit.code()))
    }
}

impl ExactSizeIterator for CodePoints<'_> {}
impl FusedIterator for CodePoints<'_> {}
