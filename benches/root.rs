//! What `cargo bench` runs in the root of the repository: it says what to run instead.

fn main() {
    println!("The benchmarks are a workspace of their own, with the libraries that they compare:");
    println!("    cargo benches    the comparison, see benches/README.md");
    println!("    .ci/counts       the pinned instruction counts");
}
