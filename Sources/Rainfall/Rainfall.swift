// Rainfall
