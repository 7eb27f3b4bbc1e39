//! `compact_str` 0.10: leaves.

use compact_str_0_10::CompactString;

leaves! {
    owners:
    {} CompactString =>
        owns |this| if this.is_heap_allocated() { this.capacity() } else { 0 },
}
