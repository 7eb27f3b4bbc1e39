//! Finding a leak: an editor whose closed windows stay in memory.
//!
//! ```console
//! $ cargo run --example leak_hunt
//! ```
//!
//! Two snapshots show what grows, a path shows why it is alive, merged paths show what
//! holds all that leaks, and a page and a DevTools file show the heap around it. Then the leak is fixed, and two more
//! snapshots prove it gone. The files are written to the folder that is given as
//! an argument, or to `target/leak_hunt`.

#![expect(clippy::std_instead_of_core, reason = "written as a user would write it")]

mod app;

use std::fs::{File, create_dir_all};
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};

use gcycle::gc;
use gcycle::inspect::{Drawing, HeapSnapshot, HtmlPage};

use app::Window;

fn main() -> io::Result<()> {
    let folder = std::env::args_os().nth(1);
    let folder = folder.map_or_else(|| PathBuf::from("target/leak_hunt"), PathBuf::from);
    create_dir_all(&folder)?;

    let open = Window::open("welcome.txt", 40);
    app::change_theme("dark");
    println!("An editor with one window: {}\n", open.caption());

    heading("1. It grows");
    let before = HeapSnapshot::capture();
    edit(50, Window::close_forgetfully);
    let after = HeapSnapshot::capture();
    println!("50 files were opened and closed again. What is there now that was not before:\n");
    println!("{}\n", after.diff(&before));

    heading("2. No collection helps");
    println!("gc::collect() finds {} unreachable objects. ", gc::collect());
    println!("So the windows are alive: something holds them.\n");

    heading("3. Why one of them is alive");
    let leaked =
        after.diff(&before).new_objects().find(|object| object.type_name().ends_with("Window"));
    let leaked = leaked.expect("a closed window is still there");
    let path = after.path_to_root(leaked).expect("something holds it");
    println!("{path}\n");
    println!("It keeps {} bytes alive.\n", leaked.retained_size());
    println!("What holds all of them:\n");
    let windows = after.objects().filter(|object| object.type_name().ends_with("Window"));
    println!("{}\n", after.holders(windows));

    heading("4. Pictures");
    write(&folder, "leak.html", |file| {
        let page = HtmlPage::new("The editor after 50 files").compared_with(&before);
        after.to_html(&page, file)
    })?;
    write(&folder, "leak.heapsnapshot", |file| after.to_heapsnapshot(file))?;
    write(&folder, "leak.svg", |mut file| {
        let drawing = Drawing::new().referrers_of(leaked, 2);
        io::Write::write_all(&mut file, after.to_svg(&drawing).as_bytes())
    })?;
    println!("The page needs a browser, the second file the Memory panel of the DevTools.\n");

    heading("5. The fix");
    println!("A window that is closed has to leave the bus, too.");
    app::unsubscribe_all();
    println!("Without the old listeners gc::collect() frees {} objects.\n", gc::collect());
    let before = HeapSnapshot::capture();
    edit(50, Window::close);
    gc::collect();
    let after = HeapSnapshot::capture();
    let diff = after.diff(&before);
    println!(
        "After 50 more files: {} new objects, {:+} bytes.",
        diff.new_objects().len(),
        diff.bytes_growth()
    );
    assert_eq!(diff.grown().count(), 0, "the leak is gone");
    println!("\nThe window that is still open: {}", open.caption());
    println!("Its buttons: {}", open.toolbar().join(", "));
    Ok(())
}

/// Opens files and closes them again.
fn edit(files: usize, close: fn(gcycle::Gc<Window>)) {
    for file in 0..files {
        let window = Window::open(&format!("file {file}"), 20 + file % 7);
        app::change_theme(if file % 2 == 0 { "light" } else { "dark" });
        close(window);
    }
}

fn heading(text: &str) {
    println!("{text}\n{}\n", "-".repeat(text.len()));
}

/// Writes a file and says so.
fn write(
    folder: &Path,
    name: &str,
    fill: impl FnOnce(BufWriter<File>) -> io::Result<()>,
) -> io::Result<()> {
    let path = folder.join(name);
    fill(BufWriter::new(File::create(&path)?))?;
    println!("  {} ({} KiB)", path.display(), path.metadata()?.len().div_ceil(1024));
    Ok(())
}
