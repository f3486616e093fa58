"""The demonstration city: Nice as an exercise. Its data are the files of data/, its code loads and checks them."""
