//! `semver` 1: leaves.

use semver_1::{BuildMetadata, Comparator, Error, Op, Prerelease, Version, VersionReq};

leaves! { BuildMetadata, Comparator, Error, Op, Prerelease, Version, VersionReq }
