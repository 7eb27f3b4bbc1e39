//! `serde_json` 1: leaves. A JSON value is a tree of plain data.

use alloc::string::String;
use serde_json_1::{Error, Map, Number, Value};

leaves! { Error, Map<String, Value>, Number, Value }
