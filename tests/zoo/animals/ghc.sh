#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# program: GHC: compiling, a program of the threaded runtime
# packages: ghc
printf 'import qualified Data.Map.Strict as M\nimport Control.Concurrent\nmain :: IO ()\nmain = do\n  v <- newEmptyMVar\n  _ <- forkIO (putMVar v $! M.size (M.fromList [(i * 7919 `mod` 1009, show i) | i <- [1 .. 20000 :: Int]]))\n  takeMVar v >>= print\n' >a.hs
ghc -O -threaded -v0 a.hs -o a && ./a +RTS -N2 && ls
