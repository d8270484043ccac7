// Landslide
