// SPDX-License-Identifier: Apache-2.0
//! With the feature `link`: finds libheaptap.so.1. In the folder HEAPTAP_LIB_DIR, else where pkg-config says.
//!
//! The program must find the library again when it runs. For the crate's own examples and tests this script sees to
//! that; a program's build script gets the folder as DEP_HEAPTAP_LIB_DIR and may print
//! `cargo:rustc-link-arg=-Wl,-rpath,FOLDER`.
use std::process::Command;

fn folder() -> Result<String, String> {
    if let Ok(folder) = std::env::var("HEAPTAP_LIB_DIR") {
        return Ok(folder);
    }
    let output = Command::new("pkg-config")
        .args(["--variable=libdir", "heaptap-agent"])
        .output()
        .map_err(|e| format!("pkg-config: {e}"))?;
    let folder = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    if output.status.success() && !folder.is_empty() {
        return Ok(folder);
    }
    Err("pkg-config does not know heaptap-agent".to_owned())
}

fn main() {
    println!("cargo:rerun-if-env-changed=HEAPTAP_LIB_DIR");
    println!("cargo:rerun-if-env-changed=PKG_CONFIG_PATH");
    println!("cargo:rerun-if-changed=build.rs");
    if std::env::var_os("CARGO_FEATURE_LINK").is_none() {
        return;
    }
    match folder() {
        Ok(folder) => {
            println!("cargo:rustc-link-search=native={folder}");
            println!("cargo:rustc-link-lib=dylib:+verbatim=libheaptap.so.1");
            println!("cargo:rustc-link-arg=-Wl,-rpath,{folder}");
            println!("cargo:lib_dir={folder}");
        }
        Err(reason) => {
            eprintln!(
                "heaptap: feature `link`: no libheaptap.so.1 ({reason}); \
                 set HEAPTAP_LIB_DIR to the folder that has it"
            );
            std::process::exit(1);
        }
    }
}
