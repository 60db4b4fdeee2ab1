//! The statements and the layer that runs them.

mod matrix;
mod statements;
