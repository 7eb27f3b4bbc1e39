//! `uuid` 1: leaves.

use uuid_1::{Error, NonNilUuid, Timestamp, Uuid, Variant, Version};

leaves! { Error, NonNilUuid, Timestamp, Uuid, Variant, Version }
