//! Where the handles are that `trace` reported, in debug builds and under
//! `cfg(gc_zeal)`: how a hand-written `trace` that reports one handle twice is
//! found even if its target has other handles.

use alloc::vec::Vec;

/// One edge, and where the handle that it stands for is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Report {
    address: usize,
    target: u32,
    owner: u32,
}

/// Finds handles that were reported more than once, by their addresses.
#[derive(Debug, Default)]
pub(crate) struct ReportedHandles {
    reports: Vec<Report>,
    /// How many there were when a part of the snapshot began.
    before_part: usize,
}

impl ReportedHandles {
    /// Notes that `owner` reported the handle at `address`, if that is known.
    pub(crate) fn note(&mut self, address: Option<usize>, owner: u32, target: u32) {
        if let Some(address) = address
            && self.reports.try_reserve(1).is_ok()
        {
            self.reports.push(Report { address, target, owner });
        }
    }

    /// Another part of the snapshot begins.
    pub(crate) fn start_part(&mut self) {
        self.before_part = self.reports.len();
    }

    /// Forgets what the objects of the last part reported.
    pub(crate) fn forget_part(&mut self) {
        self.reports.truncate(self.before_part);
    }

    /// The owners and targets of the reports that were not the first of their
    /// handle.
    pub(crate) fn take_duplicates(&mut self) -> impl Iterator<Item = (u32, u32)> + use<> {
        let mut reports = core::mem::take(&mut self.reports);
        reports.sort_unstable();
        let mut last = None;
        reports.into_iter().filter_map(move |Report { address, target, owner }| {
            let is_first = last.replace((address, target)) != Some((address, target));
            (!is_first).then_some((owner, target))
        })
    }
}
