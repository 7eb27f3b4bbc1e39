//! `compact_str` 0.10: leaves.

use compact_str_0_10::CompactString;

leaves! { CompactString }
