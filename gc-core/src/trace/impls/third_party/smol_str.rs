//! `smol_str` 0.3: leaves. A text that is shared counts for each of its owners.

use smol_str_0_3::{SmolStr, SmolStrBuilder};

leaves! { SmolStrBuilder }

leaves! {
    owners:
    {} SmolStr => owns |this| if this.is_heap_allocated() { this.len() } else { 0 },
}
