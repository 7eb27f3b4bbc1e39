//! `smol_str` 0.3: leaves.

use smol_str_0_3::{SmolStr, SmolStrBuilder};

leaves! { SmolStr, SmolStrBuilder }
