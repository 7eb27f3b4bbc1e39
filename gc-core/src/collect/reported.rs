//! Where the handles are that `trace` reported, in debug builds and under
//! `cfg(gc_zeal)`: how a hand-written `trace` that reports one handle twice is
//! found even if its target has other handles.

use alloc::vec::Vec;

use crate::object::spread::spread;

/// One edge, and where the handle that it stands for is.
#[derive(Clone, Copy, Debug)]
struct Report {
    address: usize,
    target: u32,
    owner: u32,
}

/// So many reports are kept. Of larger sets they are a sample, in which all reports of a
/// handle are or none: a `trace` that always reports a handle twice is found by one of the
/// objects of its type.
const MOST: usize = if cfg!(any(gc_zeal, gc_checks)) { usize::MAX } else { 64 << 10 };

/// Finds handles that were reported more than once, by their addresses.
#[derive(Debug)]
pub(crate) struct ReportedHandles {
    reports: Vec<Report>,
    /// How many there were when a part of the snapshot began.
    before_part: usize,
    /// Which handles are in the sample: see [`is_sampled`](ReportedHandles::is_sampled).
    mask: usize,
    seed: usize,
    most: usize,
}

impl ReportedHandles {
    /// No reports yet. Another `seed` samples other handles.
    pub(crate) const fn new(seed: usize) -> ReportedHandles {
        ReportedHandles { reports: Vec::new(), before_part: 0, mask: 0, seed, most: MOST }
    }

    /// Notes that `owner` reported the handle at `address`, if that is known.
    pub(crate) fn note(&mut self, address: Option<usize>, owner: u32, target: u32) {
        if let Some(address) = address
            && self.is_sampled(address)
            && self.reports.try_reserve(1).is_ok()
        {
            self.reports.push(Report { address, target, owner });
            if self.reports.len() > self.most {
                self.halve();
            }
        }
    }

    /// Whether the handle at `address` is in the sample.
    fn is_sampled(&self, address: usize) -> bool {
        // Of the product neither the lowest bits, which many addresses share, nor the
        // highest, by which `FirstReports` spreads the sample.
        let middle = spread(address, usize::BITS / 4);
        middle.wrapping_add(self.seed) & self.mask == 0
    }

    /// Keeps every second handle of the sample.
    fn halve(&mut self) {
        self.mask = self.mask << 1 | 1;
        let mut reports = core::mem::take(&mut self.reports);
        let (before, _) = reports.split_at(self.before_part);
        self.before_part = before.iter().filter(|report| self.is_sampled(report.address)).count();
        reports.retain(|report| self.is_sampled(report.address));
        self.reports = reports;
    }

    /// Another part of the snapshot begins.
    pub(crate) fn start_part(&mut self) {
        self.before_part = self.reports.len();
    }

    /// Forgets what the objects of the last part reported.
    pub(crate) fn forget_part(&mut self) {
        self.reports.truncate(self.before_part);
    }

    /// The owners and targets of the reports that were not the first of their handle, or
    /// none if memory ran out.
    pub(crate) fn take_duplicates(&mut self) -> Vec<(u32, u32)> {
        let reports = core::mem::take(&mut self.reports);
        let mut duplicates = Vec::new();
        let Some(mut first) = FirstReports::with_room(reports.len()) else { return duplicates };
        for (index, report) in (1..).zip(&reports) {
            if first.is_repeated(index, &reports) && duplicates.try_reserve(1).is_ok() {
                duplicates.push((report.owner, report.target));
            }
        }
        duplicates
    }
}

/// A hash table of the reports that were the first of their handle, by their places in the
/// list; 0 where there is none. Sorting the list instead takes a program ten times as long
/// in its debug builds, in which this library is not optimised.
struct FirstReports {
    places: Vec<u32>,
}

impl FirstReports {
    fn with_room(count: usize) -> Option<FirstReports> {
        let mut places = Vec::new();
        let len = (2 * count.max(1)).next_power_of_two();
        places.try_reserve_exact(len).ok()?;
        places.resize(len, 0);
        Some(FirstReports { places })
    }

    /// Whether an earlier one of `reports` is of the same handle as that at `index`, which
    /// counts from 1; if not, it is the first.
    fn is_repeated(&mut self, index: u32, reports: &[Report]) -> bool {
        let report = &reports[index as usize - 1];
        let mask = self.places.len() - 1;
        let mut place = spread(report.address, usize::BITS - self.places.len().trailing_zeros());
        while self.places[place] != 0 {
            let other = &reports[self.places[place] as usize - 1];
            if other.address == report.address && other.target == report.target {
                return true;
            }
            place = (place + 1) & mask;
        }
        self.places[place] = index;
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    #[test]
    fn all_reports_but_the_first_of_a_handle_are_duplicates() {
        let mut reported = ReportedHandles::new(0);
        let step = align_of::<usize>();
        for address in 1..100 {
            reported.note(Some(address * step), 1, 7);
        }
        // Where a handle without a size lies, there can be more of them.
        reported.note(Some(50 * step), 2, 8);
        reported.note(None, 2, 7);
        reported.note(Some(99 * step), 3, 7);
        reported.note(Some(step), 4, 7);
        reported.note(Some(step), 5, 7);
        assert_eq!(reported.take_duplicates(), vec![(3, 7), (4, 7), (5, 7)]);
        assert!(reported.take_duplicates().is_empty());
    }

    #[test]
    fn a_large_set_is_sampled_and_both_reports_of_a_handle_are_in_the_sample_or_none() {
        let step = size_of::<usize>();
        let mut sampled = Vec::new();
        for seed in 0..4 {
            let mut reported = ReportedHandles { most: 100, ..ReportedHandles::new(seed) };
            for index in 1..1000 {
                reported.note(Some(index * step), 1, 7);
                if index == 500 {
                    reported.start_part();
                }
            }
            assert!((10..=100).contains(&reported.reports.len()), "{reported:?}");
            assert!((5..=95).contains(&reported.before_part), "{reported:?}");
            let firsts: Vec<usize> = reported.reports.iter().map(|r| r.address).collect();
            for index in 1..1000 {
                reported.note(Some(index * step), 2, 7);
            }
            let left = |address: &&usize| reported.is_sampled(**address);
            let expected = firsts.iter().filter(left).count();
            assert_eq!(reported.take_duplicates().len(), expected);
            sampled.push(firsts);
        }
        sampled.dedup();
        assert_eq!(sampled.len(), 4, "another seed takes another sample");
    }
}
